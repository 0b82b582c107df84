// index/lexical/merge.hpp: neighbouring segments to one, without what was removed.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "index/lexical/state.hpp"
#include "storage/store/store.hpp"

namespace lectern::index::lexical {

// Segments [first, first + count) of a state.
struct MergeRange {
    std::size_t first = 0;
    std::size_t count = 0;
};

// The next merge that is due: eight or more neighbours of one size, sizes being powers of eight, or
// one segment of which a third is removed. So a posting is written about once for every factor of
// eight that the collection grows.
[[nodiscard]] std::optional<MergeRange> due_merge(const std::vector<LiveSegment>& segments);

struct Merged {
    Segment segment;
    // Of each old segment, by row: the new row, or no_row_kept.
    std::vector<std::vector<std::uint32_t>> rows;
    // What the last write of the merge removes and puts.
    storage::DerivedRows last;
};
inline constexpr std::uint32_t no_row_kept = 0xFFFFFFFF;

// Writes the posting rows of the new segment as it goes; they are nobody's until `last` is written.
// `stopped`: cancelled is returned when it says so.
[[nodiscard]] Result<Merged> merge(storage::Store& store, const State& state, MergeRange range,
                                   SegmentNumber number, const std::function<bool()>& stopped);

}  // namespace lectern::index::lexical
