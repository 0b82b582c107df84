// apps/crash/script.hpp: what the worker does, as a function of the seed and the number of the step
// alone: the process that is killed and the one that checks agree on it without talking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern::crash {

// Names of documents: small enough that most writes replace something.
inline constexpr unsigned names = 200;

using Step = std::uint64_t;  // counts from 1

enum class Kind { ingest, remove, search, flush, backup };

struct Operation {
    Kind kind = Kind::search;
    std::vector<unsigned> documents;  // ingest, remove: names, each once, ascending
    std::string query;                // search
};

// Which names a script writes: of two that work at once, each knows what it has written.
enum class Lane : unsigned { all = 0, even = 1, odd = 2 };

class Script {
 public:
    explicit Script(std::uint64_t seed, Lane lane = Lane::all) : seed_(seed), lane_(lane) {}

    [[nodiscard]] bool writes(unsigned name) const noexcept;
    [[nodiscard]] bool writes(std::string_view id) const noexcept;

    [[nodiscard]] Operation operation(Step step) const;
    // The version of a document that the step writes. No two versions are alike.
    [[nodiscard]] DocumentInput document(unsigned name, Step step) const;
    // The first word of that version's text, which is in no other.
    [[nodiscard]] static std::string own_word(unsigned name, Step step);
    // Some words.
    [[nodiscard]] std::string words(std::uint64_t stream, std::size_t count) const;
    [[nodiscard]] static std::string id(unsigned name);

    // Writes word vectors for the words of this script, and a pipeline that uses them with segments
    // of a few rows, into the folder. Gives the pipeline's file.
    [[nodiscard]] Result<std::filesystem::path> write_pipeline(
        const std::filesystem::path& folder) const;

 private:
    std::uint64_t seed_;
    Lane lane_;
};

}  // namespace lectern::crash
