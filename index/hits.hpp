// index/hits.hpp: what the indexes of this room take and give alike.
#pragma once

#include <functional>
#include <vector>

#include "storage/store/types.hpp"

namespace lectern::index {

struct Scored {
    storage::ChunkId chunk = 0;
    float score = 0;
    friend bool operator==(const Scored&, const Scored&) = default;
};

// Which content words of a query a hit has: words weigh by how rare they are (their inverse
// document frequency), however often they stand there.
struct WordMatch {
    float rarest = 0;  // of the rarest one
    float sum = 0;     // of all
};

// Which chunks may be found. At most one of the two is set; none: all. Both are borrowed for the
// call.
struct Filter {
    // True for a chunk that may be found. Called on the caller's thread, once or more per chunk.
    std::function<bool(storage::ChunkId)> allows{};
    // Ascending ids that may be found, for when they are known beforehand: faster when few.
    const std::vector<storage::ChunkId>* allowed = nullptr;
};

}  // namespace lectern::index
