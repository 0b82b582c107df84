// failure.hpp: how the rooms of this plugin fail: by throwing lectern::plugin::Failure.
#pragma once

#include <string>

#include "lectern/plugin.hpp"

namespace lectern::word2vec {

using plugin::Failure;

[[noreturn]] inline void corrupt(const std::string& message) {
    throw Failure(LECTERN_CORRUPT, message);
}
[[noreturn]] inline void invalid(const std::string& message) {
    throw Failure(LECTERN_INVALID_ARGUMENT, message);
}

}  // namespace lectern::word2vec
