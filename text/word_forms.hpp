// text/word_forms.hpp: forms of an English word that no common beginning shows: other spellings
// ("quantisation", "quantization"), irregular inflections ("wrote", "written"), and short plurals
// ("wars").
#pragma once

#include <string>
#include <string_view>

namespace lectern::text {

// One form for all of them: the American spelling, the infinitive, the singular. Words of other
// languages may come out changed, and then all their forms do. `folded` as text::fold gives it.
[[nodiscard]] std::string base_form(std::string_view folded);

// "appeared" of "appear", "wrote" of "write", "studied" of "study": the past tense of an English
// verb.
[[nodiscard]] std::string past_form(std::string_view verb);

}  // namespace lectern::text
