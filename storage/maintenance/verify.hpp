// storage/maintenance/verify.hpp: whether a collection's store is what it was written as.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lectern/finding.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

struct StoreCheck {
    std::vector<Finding> findings;    // at most `most_findings`
    std::uint64_t more_findings = 0;  // beyond those
    std::vector<Finding> notes;       // sound, but worth saying; said of an opened one only
    bool opened = false;              // false: the findings say why not
    Counters counters;                // of the documents that are whole
    std::uint64_t vectors = 0;
    std::uint64_t serving_vectors = 0;  // of those, what searches use
    std::uint64_t table_files = 0;
    std::uint64_t bytes = 0;           // of the table files and logs
    std::uint64_t torn_log_bytes = 0;  // of commits that were not acknowledged; no finding
    Sequence sequence = 0;
    static constexpr std::size_t most_findings = 1000;

    [[nodiscard]] bool clean() const noexcept { return findings.empty(); }
    void add(std::string where, std::string what);
};

// Checks logs, the blocks of all table files, every document with its text, chunks and vectors, the
// counters and the changes. Reads everything, changes nothing. A failure only when there is no
// collection, when it is open elsewhere or of a newer format; damage is a finding.
[[nodiscard]] Result<StoreCheck> verify(const std::filesystem::path& collection);

struct VerifyWatch {
    // After each document; false: enough, the result is cancelled.
    std::function<bool(std::uint64_t documents, std::uint64_t documents_total)> document;
};
// The same of a store that is open, read and written, as it is when the call begins. Table files
// that compactions replace meanwhile are kept until it ends.
[[nodiscard]] Result<StoreCheck> verify(const Store& store, const VerifyWatch& watch = {});

}  // namespace lectern::storage
