// tokenizer.json, and a text behind it that it takes apart.
#include "plugins/wordpiece/wordpiece.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const std::string_view json = take_part(input);
    may_refuse([&] {
        const auto tokenizer = wordpiece::WordPiece::parse(json);
        wordpiece::Encoding out;
        for (const std::size_t most : {std::size_t{0}, tokenizer.special_tokens() + 4}) {
            tokenizer.encode(input, true, most, out);
            must(out.ids.size() == out.ranges.size(), "each token has its range");
            must(most == 0 || out.ids.size() <= most, "the limit of tokens holds");
            for (const auto& range : out.ranges)
                must_lie_in(range.begin, range.end, input, "a token lies in the text");
        }
    });
}

}  // namespace lectern::fuzz
