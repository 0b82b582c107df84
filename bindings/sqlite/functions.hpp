// bindings/sqlite/functions.hpp: lectern_search, lectern_ask, lectern_refused and lectern_embed.
#pragma once

#include "bindings/sqlite/connection.hpp"

namespace lectern::sqlite {

[[nodiscard]] Status register_search(const ConnectionPtr& connection);
[[nodiscard]] Status register_ask(const ConnectionPtr& connection);
[[nodiscard]] Status register_refused(const ConnectionPtr& connection);
[[nodiscard]] Status register_embed(const ConnectionPtr& connection);

}  // namespace lectern::sqlite
