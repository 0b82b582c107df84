// index/lexical/cursor.hpp: walks one term's posting list in one segment.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "index/lexical/bm25.hpp"
#include "index/lexical/postings.hpp"
#include "index/lexical/segment.hpp"
#include "storage/store/store.hpp"

namespace lectern::index::lexical {

inline constexpr std::uint32_t no_row = std::numeric_limits<std::uint32_t>::max();

// One thread. Reader and segment must outlive it.
class Cursor {
 public:
    // `term`: its place in the query. The head must outlive it, too.
    Cursor(const storage::Reader& reader, const Segment& segment, std::string head_key,
           const ListHead& head, std::size_t term, double weight, const Scorer& scorer);

    [[nodiscard]] std::uint32_t row() const noexcept { return row_; }  // no_row at the end
    [[nodiscard]] std::size_t term() const noexcept { return term_; }
    [[nodiscard]] std::uint32_t postings() const noexcept { return head_.count; }
    [[nodiscard]] double score(const Scorer& scorer) const noexcept;
    // No posting of the list scores more.
    [[nodiscard]] double most() const noexcept { return most_; }

    // To the first posting at `row` or behind it; never back.
    void seek(std::uint32_t row);
    void next() { seek(row_ + 1); }

    // Looks at the block that would hold `row`, without reading it. Never back.
    void peek(std::uint32_t row) noexcept;
    [[nodiscard]] double peeked_most() const noexcept {
        return peeked_ < bounds_.size() ? bounds_[peeked_] : 0;
    }
    // The last row that peeked_most() holds for.
    [[nodiscard]] std::uint32_t peeked_last() const noexcept {
        return peeked_ < bounds_.size() ? last_of(peeked_) : no_row - 1;
    }

    // Blocks that were read, of all; for the counters.
    [[nodiscard]] std::size_t blocks_read() const noexcept { return blocks_read_; }
    [[nodiscard]] std::size_t blocks() const noexcept { return head_.blocks.size(); }
    // Why the list ended early, if it did.
    [[nodiscard]] const Status& status() const noexcept { return status_; }

 private:
    // The last row of a block. The head of a list of one block does not say it.
    [[nodiscard]] std::uint32_t last_of(std::size_t block) const noexcept {
        return head_.blocks.size() == 1 ? only_last_ : head_.blocks[block].last;
    }
    void load(std::size_t block);
    void fail(Status status);

    const storage::Reader& reader_;
    const Segment& segment_;
    std::string head_key_;
    const ListHead& head_;
    std::uint32_t only_last_ = 0;
    std::size_t term_;
    double weight_;
    double most_ = 0;
    std::vector<double> bounds_;  // of each block

    std::uint32_t row_ = no_row;
    std::size_t block_ = 0;  // the one in postings_
    std::size_t at_ = 0;
    std::size_t peeked_ = 0;
    std::vector<Posting> postings_;
    std::string group_;  // the blocks around block_
    std::size_t group_number_ = std::numeric_limits<std::size_t>::max();
    std::size_t blocks_read_ = 0;
    Status status_;
};

// All postings of a list, appended.
[[nodiscard]] Status read_list(const storage::Reader& reader, const std::string& head_key,
                               const ListHead& head, std::vector<Posting>& out);
[[nodiscard]] Status corrupt_list(const std::string& head_key);

}  // namespace lectern::index::lexical
