// text/word_parts.hpp: other forms under which a reader looks for a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::text {

// The parts of a name, folded, each once, without the whole: "payment_retry_handler" has "payment",
// "retry" and "handler"; "getUserProfile" "get", "user" and "profile"; "Test.mp3" "test" and "mp3";
// "v2.14.3" "2.14.3"; "policy2" "policy"; "12kg" "12" and "kg". Hangul, which writes particles
// behind a noun without a space, has its pairs of syllables. `word` as it stands in the text, as
// text::words finds it; the letter case shows where parts begin.
[[nodiscard]] std::vector<std::string> word_parts(std::string_view word);

// One form of a number however its thousands and decimals are set apart: "1,250", "1.250", "1'250"
// and "1 250" are "1250"; "3,14" is "3.14", "1.250,50" "1250.50". What is no number, as "2.14.3",
// stays as it is. One mark with three digits behind it sets thousands apart.
[[nodiscard]] std::string plain_number(std::string_view folded);

}  // namespace lectern::text
