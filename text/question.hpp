// text/question.hpp: what kind of thing a question asks for, by its question words (English,
// German, French, Spanish; numbers also in Chinese).
#pragma once

#include <string_view>

namespace lectern::text {

// "When", "how many" and the like.
[[nodiscard]] bool asks_for_number(std::string_view question);

// "Who", "whom", "whose".
[[nodiscard]] bool asks_for_person(std::string_view question);

}  // namespace lectern::text
