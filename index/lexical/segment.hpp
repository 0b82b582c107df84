// index/lexical/segment.hpp: the chunks of one or more commits in a row, under numbers of their
// own.
//
// A segment never changes. Its chunks are numbered from 0 in the order of their ids; these row
// numbers stand in its posting lists. Chunks removed later stay until a merge; who holds the
// segment keeps marks for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/lexical/keys.hpp"
#include "storage/store/types.hpp"

namespace lectern::index::lexical {

// What commits have changed in the collection, removals included: sums over all segments are those
// of the live chunks.
struct Totals {
    std::int64_t chunks = 0;
    std::int64_t text_words = 0;
    std::int64_t title_words = 0;  // of each chunk's document, once a chunk

    Totals& operator+=(const Totals& other) noexcept {
        chunks += other.chunks;
        text_words += other.text_words;
        title_words += other.title_words;
        return *this;
    }
    friend bool operator==(const Totals&, const Totals&) = default;
};

struct Segment {
    SegmentNumber number = 0;
    Totals totals;
    std::uint64_t postings = 0;
    std::uint32_t languages = 0;              // bit i: stems of text::Language i are in it
    std::vector<storage::ChunkRange> ranges;  // ascending
    std::vector<std::uint8_t> text_lengths;   // length_code by row
    std::vector<std::uint8_t> title_lengths;

    // Where it stands among others; one that only removes has no chunks and stands last.
    [[nodiscard]] storage::ChunkId first_chunk() const noexcept {
        return ranges.empty() ? ~storage::ChunkId{0} : ranges.front().first;
    }
    [[nodiscard]] std::size_t rows() const noexcept { return text_lengths.size(); }
    // Nothing when the chunk is not of this segment.
    [[nodiscard]] std::optional<std::uint32_t> row_of(storage::ChunkId chunk) const noexcept;
    [[nodiscard]] storage::ChunkId chunk_of(std::uint32_t row) const noexcept;
    // The first row whose chunk is not before this one; rows() when there is none.
    [[nodiscard]] std::uint32_t first_row_from(storage::ChunkId chunk) const noexcept;

    // The chunks of the next rows; call once for each, in order, then fill the lengths.
    void add_range(storage::ChunkRange range);

    [[nodiscard]] std::string encode() const;  // without the number: that is the key
    [[nodiscard]] static std::optional<Segment> decode(SegmentNumber number,
                                                       std::string_view bytes);

 private:
    std::vector<std::uint32_t> first_rows_;  // of each range
};

// A set of rows.
class Marks {
 public:
    explicit Marks(std::size_t rows = 0) : words_((rows + 63) / 64) {}
    [[nodiscard]] bool has(std::uint32_t row) const noexcept {
        return (words_[row / 64] >> (row % 64) & 1) != 0;
    }
    void set(std::uint32_t row) noexcept {
        if (has(row)) return;
        words_[row / 64] |= std::uint64_t{1} << (row % 64);
        count_ += 1;
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
    std::vector<std::uint64_t> words_;
    std::size_t count_ = 0;
};

}  // namespace lectern::index::lexical
