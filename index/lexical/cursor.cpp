#include "index/lexical/cursor.hpp"

#include <algorithm>
#include <span>

#include "index/lexical/bit_packing.hpp"

namespace lectern::index::lexical {

Status corrupt_list(const std::string& head_key) {
    std::string term = head_key.substr(std::min(term_at, head_key.size()));
    return {Code::corrupt, "the postings of \"" + term.substr(0, term.find('\0')) +
                               "\" cannot be understood; build the lexical index again with "
                               "'lectern repair'"};
}

namespace {

Result<std::string> read_group(const storage::Reader& reader, const std::string& head_key,
                               std::size_t group) {
    const std::string key = group_key(head_key, static_cast<std::uint32_t>(group));
    LECTERN_ASSIGN(auto values, reader.derived_values({&key, 1}));
    if (!values.front()) return corrupt_list(head_key);
    values.front()->append(unpack_slack, '\0');
    return std::move(*values.front());
}

bool decode_in(const std::string& group, const Block& block, std::vector<Posting>& out) {
    const std::size_t size = group.size() - unpack_slack;
    if (block.offset > size || block.bytes > size - block.offset) return false;
    return decode_block(std::string_view(group).substr(block.offset, block.bytes), block, out);
}

}  // namespace

Cursor::Cursor(const storage::Reader& reader, const Segment& segment, std::string head_key,
               const ListHead& head, std::size_t term, double weight, const Scorer& scorer)
    : reader_(reader),
      segment_(segment),
      head_key_(std::move(head_key)),
      head_(head),
      term_(term),
      weight_(weight) {
    if (head_.blocks.empty()) return;
    bounds_.reserve(head_.blocks.size());
    if (head_.blocks.size() == 1) {
        load(0);
        if (!status_.ok()) return;
        double most = 0;
        for (at_ = 0; at_ < postings_.size(); ++at_) most = std::max(most, score(scorer));
        at_ = 0;
        bounds_.push_back(most);
        only_last_ = postings_.back().row;
    } else {
        for (const Block& block : head_.blocks) bounds_.push_back(scorer.bound(weight, block));
    }
    most_ = *std::max_element(bounds_.begin(), bounds_.end());
    if (head_.blocks.size() > 1) load(0);
    if (status_.ok()) row_ = postings_.front().row;
}

void Cursor::fail(Status status) {
    status_ = std::move(status);
    row_ = no_row;
    postings_.clear();
}

void Cursor::load(std::size_t block) {
    const Block& wanted = head_.blocks[block];
    postings_.clear();
    block_ = block;
    at_ = 0;
    blocks_read_ += 1;
    bool good = false;
    if (head_.blocks.size() == 1) {
        good = decode_block({head_.own.data(), wanted.bytes}, wanted, postings_);
    } else {
        if (group_number_ != block / group_blocks) {
            auto group = read_group(reader_, head_key_, block / group_blocks);
            if (!group) return fail(group.status());
            group_ = std::move(*group);
            group_number_ = block / group_blocks;
        }
        good = decode_in(group_, wanted, postings_);
    }
    if (!good || postings_.empty() || postings_.back().row >= segment_.rows())
        fail(corrupt_list(head_key_));
}

double Cursor::score(const Scorer& scorer) const noexcept {
    const Posting& posting = postings_[at_];
    return scorer.score(weight_, posting.text, segment_.text_lengths[posting.row], posting.title,
                        segment_.title_lengths[posting.row]);
}

void Cursor::seek(std::uint32_t row) {
    if (row_ >= row) return;  // no_row is behind everything
    if (last_of(block_) < row) {
        std::size_t block = std::max(block_, peeked_);
        while (block < head_.blocks.size() && last_of(block) < row) ++block;
        if (block == head_.blocks.size()) {
            row_ = no_row;
            return;
        }
        load(block);
        if (!status_.ok()) return;
    }
    while (at_ < postings_.size() && postings_[at_].row < row) ++at_;
    if (at_ == postings_.size()) return fail(corrupt_list(head_key_));
    row_ = postings_[at_].row;
}

void Cursor::peek(std::uint32_t row) noexcept {
    while (peeked_ < head_.blocks.size() && last_of(peeked_) < row) ++peeked_;
}

Status read_list(const storage::Reader& reader, const std::string& head_key, const ListHead& head,
                 std::vector<Posting>& out) {
    if (head.blocks.size() == 1) {
        const Block& only = head.blocks.front();
        return decode_block({head.own.data(), only.bytes}, only, out) ? Status{}
                                                                      : corrupt_list(head_key);
    }
    std::string group;
    for (std::size_t block = 0; block < head.blocks.size(); ++block) {
        if (block % group_blocks == 0) {
            LECTERN_ASSIGN(group, read_group(reader, head_key, block / group_blocks));
        }
        if (!decode_in(group, head.blocks[block], out)) return corrupt_list(head_key);
    }
    return {};
}

}  // namespace lectern::index::lexical
