// api/code_word.hpp: failures for programs. Pure.
#pragma once

#include <string>

#include "lectern/status.hpp"

namespace lectern::api {

// A code as one word: "not_found".
[[nodiscard]] std::string word(Code code);

}  // namespace lectern::api
