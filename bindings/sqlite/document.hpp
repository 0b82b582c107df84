// bindings/sqlite/document.hpp: a row as the document that the index has of it. Pure.
//
//     id        the rowid, in decimal
//     title     the column "title", where it is one of text
//     text      the other columns of text, with an empty line between them
//     metadata  the UNINDEXED columns that have a value, and "_lectern": {"version", "types"}
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/sqlite/definition.hpp"
#include "bindings/sqlite/value.hpp"

namespace lectern::sqlite {

inline constexpr std::string_view own_field = "_lectern";
// Values in metadata that are longer are looked up in the table, and not in the index.
inline constexpr std::size_t longest_field = 256;

// Where a column stands in the text of its document.
struct Part {
    int column = 0;
    std::size_t begin = 0;  // bytes of the document's text
    std::size_t end = 0;
};

struct Composition {
    std::string title;
    std::string text;
    std::vector<Part> parts;  // none is empty
};

[[nodiscard]] bool valid_utf8(std::string_view text);
// The same text with U+FFFD for each byte that is none of UTF-8.
[[nodiscard]] std::string valid_text(std::string_view text);
// How many characters there are.
[[nodiscard]] std::size_t characters(std::string_view text);

[[nodiscard]] Composition compose(const Definition& definition, const std::vector<Value>& row);

// What a value is in a filter: "n" a number, "t" a text, "x" something that only the table knows;
// '\0': NULL.
[[nodiscard]] char kind_of(const Value& value);

// Nothing when there is no text in the row: it has no place in the index.
[[nodiscard]] std::optional<boost::json::object> document_of(const Definition& definition,
                                                             std::int64_t rowid,
                                                             std::int64_t version,
                                                             const std::vector<Value>& row);

// The version in a document's metadata; -1 when there is none.
[[nodiscard]] std::int64_t version_of(const boost::json::value& metadata);
[[nodiscard]] std::optional<std::int64_t> rowid_of(std::string_view document);

// A range of a document's text in terms of its table: the column that it begins in, and characters
// counted from 1, as substr() takes them. Column -1: none.
struct Place {
    int column = -1;
    std::size_t start = 0;
    std::size_t length = 0;
};
[[nodiscard]] Place place_of(const Composition& composition, std::size_t begin, std::size_t end);

}  // namespace lectern::sqlite
