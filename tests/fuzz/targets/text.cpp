// Words, sentences and blocks of any bytes.
#include "text/text.hpp"

#include "tests/fuzz/fuzz.hpp"
#include "text/blocks.hpp"
#include "text/content_words.hpp"
#include "text/language.hpp"
#include "text/question.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const auto words = text::words(input);
    std::size_t end = 0;
    for (const text::Word& word : words) {
        must(word.range.begin >= end, "words come in order");
        must_lie_in(word.range.begin, word.range.end, input, "a word lies in the text");
        end = word.range.end;
        (void)text::is_stop_word(word.folded);
        (void)text::same_stem(words.front().folded, word.folded);
    }
    end = 0;
    for (const text::Range& sentence : text::sentences(input)) {
        must(sentence.begin >= end, "sentences come in order");
        must_lie_in(sentence.begin, sentence.end, input, "a sentence lies in the text");
        end = sentence.end;
    }
    for (const text::Block& block : text::blocks(input)) {
        must_lie_in(block.range.begin, block.range.end, input, "a block lies in the text");
        must(block.body >= block.range.begin && block.body <= block.range.end,
             "a block's body lies in it");
    }
    (void)text::fold(input);
    (void)text::asks_for_number(input);
    (void)text::asks_for_person(input);
    (void)text::asks_to_explain(input);
    (void)text::asked_to_define(input);
    const bool valid = text::invalid_utf8_at(input) == std::string_view::npos;
    const std::string_view cut = text::prefix(input, input.size() / 2);
    must(cut.size() <= input.size() / 2, "a prefix is no longer than asked for");
    if (valid)
        must(text::invalid_utf8_at(cut) == std::string_view::npos,
             "a prefix ends at a character boundary");
    text::Stemmer stemmer(text::guess_language(words));
    for (const text::Word& word : words) (void)stemmer.stem(word.folded);
}

}  // namespace lectern::fuzz
