// lectern/copy.hpp: a collection in another place: from a folder to a cluster and back, between two
// folders, between two clusters.
//
//     auto done = lectern::copy_collection("notes", "opensearch://one,two,three/notes");
//
// Documents, chunks, vectors, the pipeline, and what `sync` remembers are taken as they are;
// nothing is embedded again. When documents were stored (`committed`) is the time of the copy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/finding.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct CopyProgress {
    std::uint64_t documents = 0;  // copied, or compared at the end
    std::uint64_t documents_total = 0;
    bool comparing = false;
};

struct CopyOptions {
    // The copy becomes equal to what is copied: documents of it that are others are replaced, and
    // those that are not in the original are deleted. Without it, such a document ends the call
    // before anything is written.
    bool replace = false;
    std::function<void(const CopyProgress&)> progress = {};  // on the calling thread
    std::stop_token stop = {};                               // then it fails with `cancelled`
    Log log = {};
};

struct CopyReport {
    std::uint64_t documents = 0;  // copied
    std::uint64_t chunks = 0;     // of these
    std::uint64_t resumed = 0;    // documents that were there already
    std::uint64_t deleted = 0;    // documents that the original does not have
    // Documents that the other place does not take, and why.
    std::vector<Finding> refused;
    // All documents were read on both sides and compared, text, chunks and vectors, in the end:
    // how many are the same, and what is not (the first 1000).
    std::uint64_t same = 0;
    std::vector<Finding> different;
    double seconds = 0;
};

// `to`: is made when it is not there. Stopped or killed, it goes on where it was when it is called
// again. Nothing else may write to either meanwhile; what does shows in `different`.
[[nodiscard]] LECTERN_API Result<CopyReport> copy_collection(const std::filesystem::path& from,
                                                             const std::filesystem::path& to,
                                                             const CopyOptions& options = {});

}  // namespace lectern
