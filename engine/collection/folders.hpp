// engine/collection/folders.hpp: where plugins, models and pipelines are, when nobody says.
#pragma once

#include <filesystem>
#include <vector>

#include "lectern/engine.hpp"

namespace lectern {

// The given folders with the empty ones filled in; see lectern::Folders.
[[nodiscard]] Folders resolve(Folders folders);

// Where the plugins lie that ship with this library and its program.
[[nodiscard]] std::vector<std::filesystem::path> shipped_plugin_folders();

// The users of LECTERN_PLUGIN_OWNERS, "1000,lectern": names and numbers. What is neither is left
// out.
[[nodiscard]] std::vector<unsigned> plugin_owners();

}  // namespace lectern
