#include "index/lexical/state.hpp"

#include <algorithm>
#include <set>

namespace lectern::index::lexical {

State::State(storage::Reader at, std::vector<LiveSegment> all)
    : reader(std::move(at)), segments(std::move(all)) {
    for (const LiveSegment& live : segments) {
        totals += live.segment->totals;
        languages |= live.segment->languages;
    }
}

void mark_removed(std::vector<LiveSegment>& segments,
                  const std::vector<storage::ChunkRange>& removed) {
    for (LiveSegment& live : segments) {
        std::shared_ptr<Marks> marks;
        for (const storage::ChunkRange& range : removed) {
            const auto first = live.segment->row_of(range.first);
            if (!first) continue;
            if (marks == nullptr) marks = std::make_shared<Marks>(*live.removed);
            // The chunks of a document are in one segment.
            for (std::uint64_t i = 0; i < range.count; ++i)
                marks->set(static_cast<std::uint32_t>(*first + i));
        }
        if (marks != nullptr) live.removed = std::move(marks);
    }
}

namespace {

// Marks the rows whose chunks are not in `alive` (ascending, apart). The number of the others.
std::uint64_t mark_dead(const Segment& segment, const std::vector<storage::ChunkRange>& alive,
                        Marks& marks) {
    std::uint32_t row = 0;
    for (const storage::ChunkRange& range : segment.ranges) {
        auto live = std::upper_bound(
            alive.begin(), alive.end(), range.first,
            [](storage::ChunkId id, const storage::ChunkRange& one) { return id < one.end(); });
        for (storage::ChunkId chunk = range.first; chunk < range.end(); ++chunk, ++row) {
            while (live != alive.end() && live->end() <= chunk) ++live;
            if (live == alive.end() || !live->contains(chunk)) marks.set(row);
        }
    }
    return segment.rows() - marks.count();
}

// Numbers of segments that have posting rows.
Result<std::set<SegmentNumber>> numbers_with_postings(const storage::Reader& reader) {
    std::set<SegmentNumber> out;
    storage::DerivedCursor row = reader.derived("p", "q");
    while (row.valid()) {
        if (row.key().size() < term_at) break;
        const SegmentNumber number = big_endian(row.key(), 1, 8);
        out.insert(number);
        row.seek(segment_key('p', number + 1));
    }
    LECTERN_TRY(row.status());
    return out;
}

}  // namespace

Result<std::optional<LoadedSegments>> load_segments(const storage::Reader& reader) {
    LoadedSegments out;
    LECTERN_ASSIGN(std::set<SegmentNumber> left, numbers_with_postings(reader));
    if (!left.empty()) out.next = *left.rbegin() + 1;
    LECTERN_ASSIGN(const auto alive, reader.live_chunks());
    std::uint64_t live_rows = 0;
    Totals totals;
    storage::DerivedCursor row = reader.derived("i", "j");
    for (; row.valid(); row.next()) {
        if (row.key().size() != term_at) return std::optional<LoadedSegments>{};
        const SegmentNumber number = big_endian(row.key(), 1, 8);
        auto segment = Segment::decode(number, row.value());
        if (!segment) return std::optional<LoadedSegments>{};
        Marks marks(segment->rows());
        live_rows += mark_dead(*segment, alive, marks);
        totals += segment->totals;
        left.erase(number);
        out.next = std::max(out.next, number + 1);
        out.segments.push_back({std::make_shared<const Segment>(std::move(*segment)),
                                std::make_shared<const Marks>(std::move(marks))});
    }
    LECTERN_TRY(row.status());
    std::sort(out.segments.begin(), out.segments.end(), [](const auto& a, const auto& b) {
        return a.segment->first_chunk() < b.segment->first_chunk();
    });
    out.orphans.assign(left.begin(), left.end());
    const std::uint64_t chunks = reader.counters().chunks;
    if (live_rows != chunks || totals.chunks != static_cast<std::int64_t>(chunks))
        return std::optional<LoadedSegments>{};
    return std::optional(std::move(out));
}

}  // namespace lectern::index::lexical
