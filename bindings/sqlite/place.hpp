// bindings/sqlite/place.hpp: where the collection of a table lies: beside the database,
// DATABASE-TABLE.lectern. It keeps the name that it got when the table was made. A database that is
// in memory, or temporary, has it in a folder of its own among the temporary files.
#pragma once

#include <filesystem>
#include <string>

#include "bindings/sqlite/connection.hpp"
#include "bindings/sqlite/definition.hpp"

namespace lectern::sqlite {

// A name for the folder of a new table, which no other table of the database has. What an earlier
// database left there is removed.
[[nodiscard]] Result<std::string> new_name(Connection& connection, const Definition& definition);
// Of the table whose shadow has that name; `table` is its id.
[[nodiscard]] Result<std::filesystem::path> folder_of(Connection& connection,
                                                      const Definition& definition,
                                                      const std::string& name,
                                                      const std::string& table);
// Whether the database has no file.
[[nodiscard]] bool in_memory(sqlite3* db, const std::string& schema);

// A folder among the temporary files, which is there.
[[nodiscard]] Result<std::filesystem::path> temporary_folder();

}  // namespace lectern::sqlite
