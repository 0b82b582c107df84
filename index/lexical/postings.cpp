#include "index/lexical/postings.hpp"

#include <algorithm>
#include <bit>
#include <span>

#include "index/lexical/bit_packing.hpp"

namespace lectern::index::lexical {
namespace {

// Counts are kept minus one where all are one or more: then most blocks need no bits for them.
constexpr std::uint8_t minus_one = 0x80;

std::uint8_t width_of(std::span<const std::uint32_t> values) {
    std::uint32_t all = 0;
    for (const std::uint32_t value : values) all |= value;
    return static_cast<std::uint8_t>(std::bit_width(all));
}

void encode_block(const std::vector<Posting>& postings, std::uint32_t before, std::string& out) {
    std::array<std::uint32_t, block_postings> deltas{};
    std::array<std::uint32_t, block_postings> texts{};
    std::array<std::uint32_t, block_postings> titles{};
    const std::size_t count = postings.size();
    bool in_all_texts = true;
    for (std::size_t i = 0; i < count; ++i) {
        deltas[i] = postings[i].row - before;
        before = postings[i].row + 1;
        texts[i] = postings[i].text;
        titles[i] = postings[i].title;
        in_all_texts = in_all_texts && texts[i] > 0;
    }
    if (in_all_texts)
        for (std::size_t i = 0; i < count; ++i) texts[i] -= 1;
    const std::uint8_t delta_width = width_of({deltas.data(), count});
    const std::uint8_t text_width = width_of({texts.data(), count});
    const std::uint8_t title_width = width_of({titles.data(), count});
    out += static_cast<char>(delta_width);
    out += static_cast<char>(text_width | (in_all_texts ? minus_one : 0));
    out += static_cast<char>(title_width);
    pack({deltas.data(), count}, delta_width, out);
    pack({texts.data(), count}, text_width, out);
    pack({titles.data(), count}, title_width, out);
}

// The pairs that no other beats in both count and length; where they are too many, the last ones
// become one that beats them all.
std::vector<Impact> impacts_of(std::vector<Impact> all) {
    std::sort(all.begin(), all.end(), [](const Impact& a, const Impact& b) {
        return a.count != b.count ? a.count > b.count : a.length < b.length;
    });
    std::vector<Impact> best;
    for (const Impact& impact : all)
        if (best.empty() || impact.length < best.back().length) best.push_back(impact);
    if (best.size() > most_impacts) {
        best[most_impacts - 1].length = best.back().length;
        best.resize(most_impacts);
    }
    return best;
}

}  // namespace

std::optional<ListHead> decode_head(std::string_view value) {
    ByteReader in(value);
    ListHead head;
    const std::uint64_t count = in.varint();
    head.removed = in.signed_varint();
    if (!in.ok() || count > UINT32_MAX) return std::nullopt;
    head.count = static_cast<std::uint32_t>(count);
    if (count == 0) return in.ended() ? std::optional(std::move(head)) : std::nullopt;
    const std::size_t blocks = (count + block_postings - 1) / block_postings;
    if (blocks == 1) {
        Block& block = head.blocks.emplace_back();
        block.count = head.count;
        block.bytes = static_cast<std::uint32_t>(in.rest().size());
        block.last = UINT32_MAX;
        head.own.reserve(in.rest().size() + unpack_slack);
        head.own.assign(in.rest()).append(unpack_slack, '\0');
        return head;
    }
    if (blocks > value.size()) return std::nullopt;
    head.blocks.resize(blocks);
    std::uint64_t next = 0;
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < blocks; ++i) {
        Block& block = head.blocks[i];
        if (i % group_blocks == 0) offset = 0;
        block.first = static_cast<std::uint32_t>(next);
        const std::uint64_t last = next + in.varint();
        const std::uint64_t bytes = in.varint();
        if (last > UINT32_MAX || bytes > UINT32_MAX) return std::nullopt;
        block.last = static_cast<std::uint32_t>(last);
        block.bytes = static_cast<std::uint32_t>(bytes);
        block.offset = static_cast<std::uint32_t>(offset);
        block.count = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(block_postings, count - i * block_postings));
        offset += bytes;
        next = last + 1;
        block.impact_count = in.byte();
        if (block.impact_count > most_impacts) return std::nullopt;
        for (std::size_t k = 0; k < block.impact_count; ++k) {
            block.text[k].count = static_cast<std::uint32_t>(in.varint());
            block.text[k].length = in.byte();
        }
        block.title.count = static_cast<std::uint32_t>(in.varint());
        if (block.title.count > 0) block.title.length = in.byte();
    }
    if (!in.ended()) return std::nullopt;
    return head;
}

bool decode_block(std::string_view bytes, const Block& block, std::vector<Posting>& out) {
    if (bytes.size() < 3 || block.count > block_postings) return false;
    const auto width = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
    const unsigned delta_width = width(0);
    const bool plus_one = (width(1) & minus_one) != 0;
    const unsigned text_width = width(1) & static_cast<unsigned>(~minus_one);
    const unsigned title_width = width(2);
    if (delta_width > 32 || text_width > 32 || title_width > 32) return false;
    const std::size_t deltas_bytes = packed_bytes(block.count, delta_width);
    const std::size_t texts_bytes = packed_bytes(block.count, text_width);
    if (bytes.size() != 3 + deltas_bytes + texts_bytes + packed_bytes(block.count, title_width))
        return false;

    std::array<std::uint32_t, block_postings> numbers;
    const std::span<std::uint32_t> values(numbers.data(), block.count);
    const std::size_t from = out.size();
    out.resize(from + block.count);
    const char* at = bytes.data() + 3;
    unpack(at, delta_width, values);
    std::uint32_t next = block.first;
    for (std::size_t i = 0; i < block.count; ++i) {
        next += numbers[i];
        out[from + i].row = next++;
    }
    unpack(at + deltas_bytes, text_width, values);
    for (std::size_t i = 0; i < block.count; ++i)
        out[from + i].text = numbers[i] + static_cast<std::uint32_t>(plus_one);
    if (title_width == 0) return true;
    unpack(at + deltas_bytes + texts_bytes, title_width, values);
    for (std::size_t i = 0; i < block.count; ++i) out[from + i].title = numbers[i];
    return true;
}

void ListWriter::add(const Posting& posting, std::uint8_t text_length, std::uint8_t title_length) {
    // The first block is closed when a second one is needed: a short list is in its head.
    if (postings_.size() == block_postings) close_block();
    postings_.push_back(posting);
    lengths_.emplace_back(text_length, title_length);
    count_ += 1;
}

void ListWriter::close_block() {
    const std::size_t start = group_.size();
    encode_block(postings_, before_, group_);
    put_varint(impacts_, postings_.back().row - before_);
    put_varint(impacts_, group_.size() - start);
    std::vector<Impact> pairs;
    Impact title;
    for (std::size_t i = 0; i < postings_.size(); ++i) {
        if (postings_[i].text > 0) pairs.push_back({postings_[i].text, lengths_[i].first});
        if (postings_[i].title == 0) continue;
        title.count = std::max(title.count, postings_[i].title);
        title.length = std::min(title.length, lengths_[i].second);
    }
    pairs = impacts_of(std::move(pairs));
    impacts_ += static_cast<char>(pairs.size());
    for (const Impact& impact : pairs) {
        put_varint(impacts_, impact.count);
        impacts_ += static_cast<char>(impact.length);
    }
    put_varint(impacts_, title.count);
    if (title.count > 0) impacts_ += static_cast<char>(title.length);
    before_ = postings_.back().row + 1;
    postings_.clear();
    lengths_.clear();
    if (++blocks_ % group_blocks == 0) close_group();
}

void ListWriter::close_group() {
    if (group_.empty()) return;
    rows_.emplace_back(group_key(head_, groups_++), std::move(group_));
    group_.clear();
}

void ListWriter::finish(std::int64_t removed) {
    if (count_ == 0 && removed == 0) return;
    std::string head;
    put_varint(head, count_);
    put_signed(head, removed);
    if (count_ > block_postings) {
        close_block();
        close_group();
        head += impacts_;
    } else if (count_ > 0) {
        encode_block(postings_, 0, head);
    }
    rows_.emplace_back(std::move(head_), std::move(head));
}

}  // namespace lectern::index::lexical
