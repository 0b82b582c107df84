// translate/languages.hpp: which texts are to be translated, by the language they are in.
#pragma once

#include <string_view>

namespace lectern::translate {

// False for a text that is in the language `to` already, or, where its language is one that is
// known and it is long enough to tell, in another one than `from`. Codes as "pt"; "" or an unknown
// one: any.
[[nodiscard]] bool is_to_be_translated(std::string_view text, std::string_view from,
                                       std::string_view to);

}  // namespace lectern::translate
