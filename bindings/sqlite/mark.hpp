// bindings/sqlite/mark.hpp: up to where an index has followed its table: a small file in the folder
// of the collection, replaced as a whole; and how such a folder goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>

#include "lectern/status.hpp"

namespace lectern::sqlite {

// A row that the engine would not take, in this version.
struct Refusal {
    std::int64_t version = 0;
    std::string why;
};

struct Mark {
    std::string table;                             // the id that the table's shadow has
    std::int64_t version = 0;                      // of the last change that is in the index
    std::map<std::int64_t, Refusal> refused = {};  // by rowid; the first thousand or so
};

// Nothing when there is none, or none that can be read.
[[nodiscard]] std::optional<Mark> read_mark(const std::filesystem::path& folder);
// On disk on return.
[[nodiscard]] Status write_mark(const std::filesystem::path& folder, const Mark& mark);

// Under another name first: whoever dies meanwhile leaves no folder that is half a collection. What
// is left under that name goes when the index is next opened.
[[nodiscard]] std::filesystem::path removed_name(const std::filesystem::path& folder);
[[nodiscard]] std::error_code remove_folder(const std::filesystem::path& folder);

}  // namespace lectern::sqlite
