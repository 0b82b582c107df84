// index/lexical/top_k.hpp: the best chunks of a segment, by block-max WAND: A. Broder et al.,
// "Efficient query evaluation using a two-level retrieval process" (CIKM 2003), with the bounds of
// blocks of Ding and Suel (SIGIR 2011).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "index/hits.hpp"
#include "index/lexical/bm25.hpp"
#include "index/lexical/cursor.hpp"
#include "index/lexical/query_terms.hpp"
#include "index/lexical/segment.hpp"

namespace lectern::index::lexical {

// The k best so far; of equal scores the smaller chunk id.
class Best {
 public:
    explicit Best(std::size_t k) : k_(k) {}
    // A chunk must score more than this. Chunks come with ascending ids, so an equal one is late.
    [[nodiscard]] double threshold() const noexcept {
        return heap_.size() < k_ ? 0 : heap_.front().score;
    }
    void add(storage::ChunkId chunk, double score, WordMatch match);
    // Best first. Ends the use of the object.
    void take(std::vector<Scored>& hits, std::vector<WordMatch>& matches);

 private:
    struct Entry {
        double score;
        storage::ChunkId chunk;
        WordMatch match;
    };
    // The worst one is at the front of the heap.
    static bool better(const Entry& a, const Entry& b) noexcept {
        return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
    }
    std::size_t k_;
    std::vector<Entry> heap_;
};

// What a chunk must be, beside scoring well. Cheap questions are asked first.
struct Demands {
    // Each: one of these terms (places in the query) must be in the chunk.
    std::vector<std::vector<std::size_t>> any_of{};
    const Filter* filter = nullptr;
    // Ascending: the chunk must be one of these, where they are said.
    std::optional<std::vector<storage::ChunkId>> among{};
    // Reads the chunk; asked only of chunks that would be among the best.
    std::function<Result<bool>(storage::ChunkId)> meets{};
};

struct TopKCounts {
    std::uint64_t scored = 0;       // chunks
    std::uint64_t blocks_read = 0;  // of posting lists
    std::uint64_t blocks = 0;
};

struct SegmentQuery {
    const Segment& segment;
    const Marks& removed;
    const Scorer& scorer;
    const Demands& demands;
    const std::vector<QueryTerm>& terms;  // of the query
    const std::vector<double>& content;   // what each of its content words weighs
    bool skip_blocks = true;              // false: every posting is scored, to compare with
};

// Adds the segment's best. Segments must come in order of their chunks. `stopped` is asked now and
// then; when it says so the search ends early.
[[nodiscard]] Status search_segment(const SegmentQuery& query, std::vector<Cursor>& cursors,
                                    const std::function<bool()>& stopped, Best& best,
                                    TopKCounts& counts);

}  // namespace lectern::index::lexical
