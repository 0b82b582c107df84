// text/content_words.hpp: which words carry content, and which are the same word in another form.
#pragma once

#include <string_view>

namespace lectern::text {

// Articles, prepositions, pronouns, auxiliaries, question words of English, German, French, Spanish
// and Italian. `folded` as text::fold gives it.
[[nodiscard]] bool is_stop_word(std::string_view folded) noexcept;

// True for equal words and for forms of one word: "reads" and "reading", "Wörter" and "Wörtern", by
// the stems that the lexical index has for English and German (language.hpp); "quantisation" and
// "quantization", "wrote" and "written", by base_form (word_forms.hpp). Folded input.
[[nodiscard]] bool same_stem(std::string_view left, std::string_view right);

}  // namespace lectern::text
