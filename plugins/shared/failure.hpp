// shared/failure.hpp: how plugins say that something expected went wrong.
#pragma once

#include <string>

#include "lectern/plugin.hpp"

namespace lectern::shared {

using plugin::Failure;

[[noreturn]] inline void fail(lectern_code code, const std::string& message) {
    throw Failure(code, message);
}

}  // namespace lectern::shared
