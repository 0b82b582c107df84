// vocab.txt, tokenizer_config.json, and a text.
#include "plugins/wordpiece/wordpiece.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const std::string_view vocabulary = take_part(input);
    const std::string_view config = take_part(input);
    may_refuse([&] {
        const auto tokenizer = wordpiece::WordPiece::parse_vocabulary(vocabulary, config);
        wordpiece::Encoding out;
        tokenizer.encode(input, true, 0, out);
        for (const auto id : out.ids)
            must(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabulary_size(),
                 "an id is one of the vocabulary");
        for (const auto& range : out.ranges)
            must_lie_in(range.begin, range.end, input, "a token lies in the text");
    });
}

}  // namespace lectern::fuzz
