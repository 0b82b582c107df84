// translate/failure.hpp: how the rooms of this plugin say that something expected went wrong.
#pragma once

#include <string>

#include "lectern/plugin.hpp"

namespace lectern::translate {

using plugin::Failure;

[[noreturn]] inline void fail(lectern_code code, const std::string& message) {
    throw Failure(code, message);
}

}  // namespace lectern::translate
