// text/content_words.hpp: which words carry content, and which are the same word in another form.
#pragma once

#include <string_view>

namespace lectern::text {

// Articles, prepositions, pronouns, auxiliaries, question words of English, German, French, Spanish
// and Italian. `folded` as text::fold gives it.
[[nodiscard]] bool is_stop_word(std::string_view folded) noexcept;

// True for equal words and for inflections by ending: "reads" and "reading", "network" and
// "networks". Compares the common beginning; short words must be equal. Folded input.
[[nodiscard]] bool same_stem(std::string_view left, std::string_view right) noexcept;

}  // namespace lectern::text
