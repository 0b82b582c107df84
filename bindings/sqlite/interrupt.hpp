// bindings/sqlite/interrupt.hpp: sqlite3_interrupt ends what the engine does for a statement.
#pragma once

#include <functional>

#include <boost/json.hpp>

#include "bindings/sqlite/sql.hpp"
#include "lectern/lectern.h"
#include "lectern/status.hpp"

namespace lectern::sqlite {

// Runs `call` on a thread of its own, and waits for it. When the connection is interrupted
// meanwhile, what was called with this watch is cancelled, and the result is `cancelled`
// (SQLITE_INTERRUPT). Within a statement of the connection, on its thread; `call` must not use the
// connection.
[[nodiscard]] Status unless_interrupted(
    sqlite3* db, const std::function<Status(const lectern_watch* watch)>& call);

}  // namespace lectern::sqlite
