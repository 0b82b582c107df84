// index/lexical/query.hpp: what a user types, read. docs/search.md has it for users.
//
//     boundary layer            words: the more and the rarer of them a chunk has, the better
//     "boundary layer"          a phrase: the chunk or its title must have these words in a row
//     aero*                     a beginning: the chunk or its title must have a word that begins so
//     -wing -"flat plate" -hyp* without: neither the chunk nor its title may have that
//
// A quote without its other half, and a star that stands alone, mean nothing. A minus sign means
// without where a letter or a quote stands behind it and a space, or nothing, before it.
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

    // One word, or several in a row.
    std::vector<std::vector<std::string>> without;
    std::vector<std::string> without_prefixes;

    // The last word, where the text ends with it, and it stands in no phrase: it may be typed on.
    std::string last;
    // The text without the signs and without what it excludes.
    std::string plain;

    // What the text of a chunk is read for. Excluded words are told by the index alone.
    [[nodiscard]] bool must_read() const noexcept;
    [[nodiscard]] bool has_conditions() const noexcept {
        return !phrases.empty() || !prefixes.empty() || !without.empty() ||
               !without_prefixes.empty();
    }
};

// prose: no sign means anything.
[[nodiscard]] QueryText read_query(std::string_view text, bool prose = false);

// Whether the text has every phrase and every beginning, and none of the phrases and beginnings
// that are excluded. Exact: no stems. Excluded words are not looked for.
[[nodiscard]] bool meets(std::string_view title, std::string_view chunk, const QueryText& query);

}  // namespace lectern::index::lexical
