// engine/answers/without_markup.hpp: evidence made safe to stand in an answer.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// "[2]" would pass for a mark of the answer: it becomes "(2)". What a reader's program would fetch
// or follow loses its target: of a Markdown image or link only the words stay, of an <img> nothing.
[[nodiscard]] std::string without_markup(std::string_view sentence);

}  // namespace lectern
