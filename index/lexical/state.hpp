// index/lexical/state.hpp: the index at one moment, as searches see it, and its row in the store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/lexical/analysis.hpp"
#include "index/lexical/segment.hpp"
#include "index/lexical/spelling.hpp"
#include "storage/store/store.hpp"

namespace lectern::index::lexical {

struct LiveSegment {
    std::shared_ptr<const Segment> segment;
    std::shared_ptr<const Marks> removed;
};

// Immutable. The reader sees exactly the rows of these segments (and of half-made ones, which
// nobody asks for).
struct State {
    storage::Reader reader;
    std::vector<LiveSegment> segments;  // in order of their chunks
    Totals totals;
    std::uint32_t languages = 0;

    State(storage::Reader at, std::vector<LiveSegment> all);
};

// What the index was made with, and up to which commit it goes.
struct Stamp {
    storage::Sequence sequence = 0;
    AnalysisOptions analysis;
    std::uint64_t unicode = 0;                // ICU's major version: its word rules may change
    std::uint64_t spelling = spelling_rules;  // ours (spelling.hpp); 0 before there were any

    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static std::optional<Stamp> decode(std::string_view bytes);
};
[[nodiscard]] std::uint64_t unicode_version() noexcept;

// Marks `removed` in the segments that have these chunks.
void mark_removed(std::vector<LiveSegment>& segments,
                  const std::vector<storage::ChunkRange>& removed);

// Reads the segments of a store and finds out what of them is removed. Empty when they are not what
// `stamp` and the store's chunks say: then they must be built again. `orphans`: numbers of segments
// whose making was not ended.
struct LoadedSegments {
    std::vector<LiveSegment> segments;
    std::vector<SegmentNumber> orphans;
    SegmentNumber next = 1;
};
[[nodiscard]] Result<std::optional<LoadedSegments>> load_segments(const storage::Reader& reader);

}  // namespace lectern::index::lexical
