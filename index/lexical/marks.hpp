// index/lexical/marks.hpp: where the words of a query stand in a text.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "index/lexical/query.hpp"
#include "index/lexical/spelling.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {

// The query's phrases, beginnings, and the words that are `wanted`, as bytes of the text:
// ascending, apart. Without `wanted`: the query's own words that carry content.
[[nodiscard]] std::vector<text::Range> marks(
    std::string_view text, const QueryText& query,
    const std::function<bool(const IndexedWord& word)>& wanted);

// Whether title or chunk have one of the single words that the query excludes, or a part of a name
// that is it.
[[nodiscard]] bool has_excluded_word(std::string_view title, std::string_view chunk,
                                     const QueryText& query);

}  // namespace lectern::index::lexical
