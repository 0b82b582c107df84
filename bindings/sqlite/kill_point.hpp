// bindings/sqlite/kill_point.hpp: places where a test lets the process die, as in
// storage/store/kill_point.hpp, which the engine keeps to itself:
// LECTERN_KILL_POINT=sqlite.after_commit@3 in the environment when the extension is loaded.
#pragma once

namespace lectern::sqlite {

void kill_point(const char* place) noexcept;

}  // namespace lectern::sqlite
