// Any text, taken apart by a small tokenizer.
#include "plugins/wordpiece/wordpiece.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    static const auto tokenizer = wordpiece::WordPiece::parse_vocabulary(
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##a\nb\n##b\nread\n##ing\n##s\n1\n##2\n.\n,\nΔ\n日\n", "");
    wordpiece::Encoding out;
    tokenizer.encode(input, false, 0, out);
    must(out.ids.size() == out.ranges.size(), "each token has its range");
    for (const auto& range : out.ranges)
        must_lie_in(range.begin, range.end, input, "a token lies in the text");
    wordpiece::Encoding cut;
    tokenizer.encode(input, true, 5, cut);
    must(cut.ids.size() <= 5, "the limit of tokens holds");
}

}  // namespace lectern::fuzz
