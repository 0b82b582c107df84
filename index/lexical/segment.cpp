#include "index/lexical/segment.hpp"

#include <algorithm>

namespace lectern::index::lexical {

namespace {
constexpr std::uint8_t info_version = 1;
}

void Segment::add_range(storage::ChunkRange range) {
    if (range.count == 0) return;
    if (!ranges.empty() && ranges.back().end() == range.first) {
        ranges.back().count += range.count;
        return;
    }
    const std::uint64_t row = ranges.empty() ? 0 : first_rows_.back() + ranges.back().count;
    first_rows_.push_back(static_cast<std::uint32_t>(row));
    ranges.push_back(range);
}

std::optional<std::uint32_t> Segment::row_of(storage::ChunkId chunk) const noexcept {
    const auto after =
        std::upper_bound(ranges.begin(), ranges.end(), chunk,
                         [](storage::ChunkId id, const auto& range) { return id < range.first; });
    if (after == ranges.begin()) return std::nullopt;
    const auto at = static_cast<std::size_t>(after - ranges.begin()) - 1;
    if (!ranges[at].contains(chunk)) return std::nullopt;
    return static_cast<std::uint32_t>(first_rows_[at] + (chunk - ranges[at].first));
}

storage::ChunkId Segment::chunk_of(std::uint32_t row) const noexcept {
    const auto after = std::upper_bound(first_rows_.begin(), first_rows_.end(), row);
    const auto at = static_cast<std::size_t>(after - first_rows_.begin()) - 1;
    return ranges[at].first + (row - first_rows_[at]);
}

std::uint32_t Segment::first_row_from(storage::ChunkId chunk) const noexcept {
    const auto range = std::find_if(ranges.begin(), ranges.end(),
                                    [&](const auto& one) { return one.end() > chunk; });
    if (range == ranges.end()) return static_cast<std::uint32_t>(rows());
    const std::uint32_t first = first_rows_[static_cast<std::size_t>(range - ranges.begin())];
    return chunk <= range->first ? first
                                 : static_cast<std::uint32_t>(first + (chunk - range->first));
}

std::string Segment::encode() const {
    std::string out;
    out += static_cast<char>(info_version);
    put_signed(out, totals.chunks);
    put_signed(out, totals.text_words);
    put_signed(out, totals.title_words);
    put_varint(out, postings);
    put_varint(out, languages);
    put_varint(out, ranges.size());
    storage::ChunkId before = 0;
    for (const storage::ChunkRange& range : ranges) {
        put_varint(out, range.first - before);
        put_varint(out, range.count);
        before = range.end();
    }
    out.append(text_lengths.begin(), text_lengths.end());
    out.append(title_lengths.begin(), title_lengths.end());
    return out;
}

std::optional<Segment> Segment::decode(SegmentNumber number, std::string_view bytes) {
    ByteReader in(bytes);
    if (in.byte() != info_version) return std::nullopt;
    Segment out;
    out.number = number;
    out.totals.chunks = in.signed_varint();
    out.totals.text_words = in.signed_varint();
    out.totals.title_words = in.signed_varint();
    out.postings = in.varint();
    out.languages = static_cast<std::uint32_t>(in.varint());
    const std::uint64_t ranges = in.varint();
    std::uint64_t rows = 0;
    storage::ChunkId before = 0;
    for (std::uint64_t i = 0; i < ranges && in.ok(); ++i) {
        const storage::ChunkId first = before + in.varint();
        const std::uint64_t count = in.varint();
        rows += count;
        if (first < before || count > UINT32_MAX || rows > UINT32_MAX) return std::nullopt;
        if (first > UINT64_MAX - count) return std::nullopt;  // its end is no number of a chunk
        out.add_range({first, count});
        before = first + count;
    }
    const std::string_view texts = in.take(rows);
    const std::string_view titles = in.take(rows);
    if (!in.ended()) return std::nullopt;
    out.text_lengths.assign(texts.begin(), texts.end());
    out.title_lengths.assign(titles.begin(), titles.end());
    return out;
}

}  // namespace lectern::index::lexical
