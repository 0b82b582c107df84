// engine/sync/wildcards.hpp: patterns of file names as .gitignore has them. Pure functions.
#pragma once

#include <string_view>

namespace lectern {

// Whether the pattern fits the whole path. Both are cut at their slashes, which no `*`, `?` or
// `[...]` fits; a backslash takes the next character as it is. A part `**` stands for any number of
// parts of the path, at the end for one or more. A pattern that is malformed (a `[` without its
// `]`, a backslash at the end) fits nothing. Takes at most as long as pattern and path multiplied.
[[nodiscard]] bool fits_wildcards(std::string_view pattern, std::string_view path);

}  // namespace lectern
