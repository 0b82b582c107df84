// engine/collection/folders.hpp: where plugins, models and pipelines are, when nobody says.
#pragma once

#include "lectern/engine.hpp"

namespace lectern {

// The given folders with the empty ones filled in; see lectern::Folders.
[[nodiscard]] Folders resolve(Folders folders);

}  // namespace lectern
