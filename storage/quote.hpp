// storage/quote.hpp: names in messages.
#pragma once

#include <string>
#include <string_view>

namespace lectern::storage {

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 2);
    result += '"';
    result += text;
    result += '"';
    return result;
}

}  // namespace lectern::storage
