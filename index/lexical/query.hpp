// index/lexical/query.hpp: what a user types, read.
//
//     boundary layer            words: the more and the rarer of them a chunk has, the better
//     "boundary layer"          a phrase: the chunk or its title must have these words in a row
//     aero*                     a prefix: the chunk or its title must have a word that begins so
//
// A quote without its other half, and a star that stands alone, mean nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::index::lexical {

struct QueryText {
    std::vector<std::string> words;                 // folded, phrases' words included
    std::vector<std::string> parts;                 // of words that stand in no phrase, folded
    std::vector<std::vector<std::string>> phrases;  // folded words in a row
    std::vector<std::string> prefixes;              // folded, without the star

    [[nodiscard]] bool demands() const noexcept { return !phrases.empty() || !prefixes.empty(); }
};

[[nodiscard]] QueryText read_query(std::string_view text);

// Whether the text has every phrase and every prefix. Exact: no stems.
[[nodiscard]] bool meets(std::string_view title, std::string_view chunk, const QueryText& query);

}  // namespace lectern::index::lexical
