// index/metadata/lexer.hpp: the words of a filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::filter {

enum class TokenKind : std::uint8_t {
    name,        // a field: year, author.name, `any text`
    word,        // a keyword, in lower case: and or not in contains begins exists true false
    string,      // "..." or '...'
    number,      // 12, -0.5, 1e6
    date,        // 2020-05-17, 2020-05-17T10:30Z
    comparison,  // = != < <= > >=
    open,
    close,
    comma,
    end
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text{};         // without quotation marks; escapes resolved
    std::string_view source{};  // as written; of the text that was given
    std::size_t column = 0;     // in characters, from 1
};

// "filter, column N: what".
[[nodiscard]] Status wrong(std::size_t column, const std::string& what);

// The last token is the end. Linear in the text; refuses more than 1 MiB and invalid UTF-8.
[[nodiscard]] Result<std::vector<Token>> tokenize(std::string_view text);

}  // namespace lectern::filter
