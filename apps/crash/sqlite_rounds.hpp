// apps/crash/sqlite_rounds.hpp: processes that write to tables USING lectern are killed.
//
// Database and index are written by SQLite and by the extension that it has loaded, and are looked
// at through SQL, so the harness is a program in Python (tests/sqlite/kills.py), which is installed
// beside the engine's other files and becomes this process.
#pragma once

#include <cstdint>
#include <filesystem>

#include <lectern/status.hpp>

namespace lectern::crash {

// Where the harness and the extension are, seen from the folder of this program.
inline constexpr const char* sqlite_harness = "../share/lectern/crash/kills.py";
inline constexpr const char* sqlite_extension = "../lib/lectern/sqlite/lectern.so";

// Returns only when the harness cannot be started.
[[nodiscard]] Status become_sqlite_rounds(unsigned kills, std::uint64_t seed,
                                          const std::filesystem::path& disk);

}  // namespace lectern::crash
