// The rows of the lexical index: segments, heads of lists, blocks, the stamp.
#include "index/lexical/bit_packing.hpp"
#include "index/lexical/postings.hpp"
#include "index/lexical/segment.hpp"
#include "index/lexical/state.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {
namespace {

namespace lexical = index::lexical;

void segment(std::string_view input) {
    const auto decoded = lexical::Segment::decode(1, input);
    if (!decoded) return;
    const auto again = lexical::Segment::decode(1, decoded->encode());
    must(again && again->ranges == decoded->ranges && again->totals == decoded->totals,
         "a segment that is written is read as itself");
    must(decoded->title_lengths.size() == decoded->rows(), "each row has a title's length");
    for (std::uint32_t row = 0; row < std::min<std::size_t>(decoded->rows(), 100); ++row)
        must(decoded->row_of(decoded->chunk_of(row)) == row, "rows and chunks name each other");
}

void postings(std::string_view input) {
    auto head = lexical::decode_head(input);
    if (!head) return;
    std::vector<lexical::Posting> out;
    if (!head->own.empty()) {
        must(head->blocks.size() == 1, "what is in its head is one block");
        const std::string_view own(head->own.data(), head->own.size() - lexical::unpack_slack);
        (void)lexical::decode_block(own, head->blocks.front(), out);
    }
    // The blocks of a group, as the cursor cuts them out of its row.
    std::string group(input);
    group.append(lexical::unpack_slack, '\0');
    for (const lexical::Block& block : head->blocks) {
        if (std::uint64_t{block.offset} + block.bytes > input.size()) continue;
        (void)lexical::decode_block(std::string_view(group).substr(block.offset, block.bytes),
                                    block, out);
    }
}

}  // namespace

void run(std::string_view input) {
    switch (take_choice(input, 3)) {
        case 0: segment(input); break;
        case 1: postings(input); break;
        default:
            if (const auto stamp = lexical::Stamp::decode(input))
                must(lexical::Stamp::decode(stamp->encode()).has_value(),
                     "a stamp that is written can be read");
    }
}

}  // namespace lectern::fuzz
