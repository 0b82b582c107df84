// engine/ingest/document_id.hpp: which ids a document may have. What is stored must be found again
// by its id from everywhere, also by a path of the HTTP interface, so this is asked of every id
// that is written, whatever it comes from. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "lectern/status.hpp"

namespace lectern {

inline constexpr std::size_t longest_document_id = 4096;  // bytes

// invalid_argument, with the reason, for an id that
// - is empty, longer than longest_document_id, or not UTF-8;
// - has a control character, which paths, headers and terminals lose or change;
// - has "." or ".." between its slashes, or is one of them: clients and proxies take such segments
//   out of a path (RFC 3986, 5.2.4), and what they ask for then is another document, or a whole
//   collection.
[[nodiscard]] Status check_document_id(std::string_view id);

// The id of a file that was named so: its path as it was given. One with "." or ".." between its
// slashes is written without them: "./notes/a.md" and "notes/../notes/a.md" as "notes/a.md", and
// "../a.md", which is not below where one stands, as the absolute path.
[[nodiscard]] std::string document_id_of(const std::filesystem::path& file);

}  // namespace lectern
