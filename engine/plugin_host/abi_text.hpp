// engine/plugin_host/abi_text.hpp: between our strings and the ABI's. Neither owns what it looks
// at.
#pragma once

#include <cstddef>
#include <string_view>

#include "lectern/plugin.h"

namespace lectern {

[[nodiscard]] inline lectern_text span(std::string_view value) {
    return {value.data(), value.size()};
}
[[nodiscard]] inline std::string_view view(lectern_text value) {
    return value.size == 0 ? std::string_view{}
                           : std::string_view{value.data, static_cast<std::size_t>(value.size)};
}

}  // namespace lectern
