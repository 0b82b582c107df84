// apps/server/openai/gbnf.hpp: pieces of grammars in llama.cpp's form (GBNF): alternatives,
// repetitions, ranges of numbers, texts of a form.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::server::gbnf {

// Any JSON, as it is written on one line. A text has no \u: of two that belong together a grammar
// could let one go.
inline constexpr std::string_view any_json =
    R"(value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ( pair ( ", " pair )* )? "}"
pair ::= string ": " value
array ::= "[" ( value ( ", " value )* )? "]"
string ::= "\"" char* "\""
char ::= [^"\\\x00-\x1F\x7F] | "\\" ["\\bfnrt]
number ::= integer ( "." [0-9]{1,15} )? ( "e" [+-] [0-9]{1,2} )?
integer ::= "-"? ( "0" | [1-9] [0-9]{0,14} )
)";

// As a terminal.
[[nodiscard]] std::string terminal(std::string_view text);
[[nodiscard]] std::string terminal_of(const boost::json::value& value);
// "( a | b )"
[[nodiscard]] std::string either(const std::vector<std::string>& choices);
// Without `most` as often as wanted.
[[nodiscard]] std::string repeated(const std::string& what, std::uint64_t least,
                                   std::optional<std::uint64_t> most);
// Decimal numbers: low / 10^places to high / 10^places, with so many places each.
[[nodiscard]] std::string numbers_between(std::int64_t low, std::int64_t high, std::size_t places);
// Of JSON Schema's `format`, between its quotation marks; nothing for one that is not known.
[[nodiscard]] std::optional<std::string> text_of_format(std::string_view format);

}  // namespace lectern::server::gbnf
