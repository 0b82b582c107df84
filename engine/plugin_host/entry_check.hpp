// engine/plugin_host/entry_check.hpp: a plugin's constant data, checked before anything is called.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/plugin_host/plugin_info.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// Reads the entry in the order in which it may be read: its size and ABI version first, the rest
// only when those fit. `symbol_bytes`: the symbol's size as its file says, at least up to `name`,
// or 0 when unknown. `path` is taken over. Fails when the plugin cannot be used at all; single
// stage types are left out.
[[nodiscard]] Result<UsablePlugin> check_entry(const lectern_plugin& entry,
                                               std::size_t symbol_bytes,
                                               const std::filesystem::path& path);

// Letters, digits, '-' and '_', 64 at most.
[[nodiscard]] bool is_plugin_name(std::string_view name) noexcept;

// The name of an entry whose version fits no more, for messages; "" when it has none.
[[nodiscard]] std::string entry_name(const lectern_plugin& entry);

}  // namespace lectern::host
