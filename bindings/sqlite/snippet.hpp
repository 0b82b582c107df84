// bindings/sqlite/snippet.hpp: pieces of text for people: snippet() and highlight(). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::sqlite {

struct Marks {
    std::string open;
    std::string close;
    std::string ellipsis = "…";
    std::size_t words = 32;  // at most
};

// The words of `text` among which most of the query's are, these between marks. Of the query's
// signs (docs/search.md) it knows what words begin with, `aero*`, and what is not looked for,
// `-wing`.
[[nodiscard]] std::string snippet_of(std::string_view text, std::string_view query,
                                     const Marks& marks);

// Small letters, as far as a letter has one of the same length (Latin, Greek, Cyrillic).
[[nodiscard]] std::string small_letters(std::string_view text);

}  // namespace lectern::sqlite
