// bert/failure.hpp: how the rooms of this plugin say that something expected went wrong.
#pragma once

#include "plugins/shared/failure.hpp"

namespace lectern::bert {

using shared::fail;
using shared::Failure;

}  // namespace lectern::bert
