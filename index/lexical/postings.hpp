// index/lexical/postings.hpp: the posting list of one term in one segment, as rows.
//
// A list is cut into blocks of 128 postings, and blocks into groups that are one row each. Every
// block of a long list says in the list's head what its best posting could score (its impacts),
// whatever k1, b and boost are: the pairs of count and length that no other pair of the block beats
// in both. That is what lets a search skip blocks (S. Ding and T. Suel, "Faster top-k document
// retrieval using block-max indexes", SIGIR 2011; impacts as pairs: Apache Lucene 8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/lexical/keys.hpp"

namespace lectern::index::lexical {

inline constexpr std::size_t block_postings = 128;
inline constexpr std::size_t group_blocks = 8;
inline constexpr std::size_t most_impacts = 4;

// A term in a chunk: how often in the chunk's text, and in the title of its document. `row` is the
// chunk's number in its segment.
struct Posting {
    std::uint32_t row = 0;
    std::uint32_t text = 0;
    std::uint32_t title = 0;
    friend bool operator==(const Posting&, const Posting&) = default;
};

struct Impact {
    std::uint32_t count = 0;
    std::uint8_t length = 255;  // a length_code
};

struct Block {
    std::uint32_t last = 0;   // row
    std::uint32_t first = 0;  // a row at or before the first one
    std::uint32_t count = 0;
    std::uint32_t offset = 0;  // in its group's row
    std::uint32_t bytes = 0;
    std::uint8_t impact_count = 0;
    std::array<Impact, most_impacts> text{};
    Impact title{};  // count 0: no title has the term
};

// Decoded head of a list.
struct ListHead {
    std::uint32_t count = 0;      // postings, also of chunks that were removed since
    std::int64_t removed = 0;     // chunks with the term that this segment's commits removed
    std::vector<Block> blocks{};  // one only: without impacts, its bytes are `own`
    std::string own{};            // with unpack_slack
};

[[nodiscard]] std::optional<ListHead> decode_head(std::string_view value);
// The postings of a block, appended. `bytes` must have unpack_slack readable behind them. False
// when they are no such block.
[[nodiscard]] bool decode_block(std::string_view bytes, const Block& block,
                                std::vector<Posting>& out);

// Makes the rows of a list from its postings in order of their rows.
class ListWriter {
 public:
    using Rows = std::vector<std::pair<std::string, std::string>>;
    // `head`: the key of the list. Rows are appended to `rows`.
    ListWriter(std::string head, Rows& rows) : head_(std::move(head)), rows_(rows) {}

    void add(const Posting& posting, std::uint8_t text_length, std::uint8_t title_length);
    // The last row is the head; none when the list would say nothing.
    void finish(std::int64_t removed);
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

 private:
    void close_block();
    void close_group();

    std::string head_;
    Rows& rows_;
    std::vector<Posting> postings_;                               // of the open block
    std::vector<std::pair<std::uint8_t, std::uint8_t>> lengths_;  // of the open block
    std::string group_;
    std::uint32_t groups_ = 0;
    std::size_t blocks_ = 0;
    std::uint32_t count_ = 0;
    std::uint32_t before_ = 0;  // the last row of the block before, plus one
    std::string impacts_;
};

}  // namespace lectern::index::lexical
