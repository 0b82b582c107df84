// data/data_text.hpp: files of data as text that a reader can find things in.
#pragma once

#include <string>
#include <string_view>

#include "documents/extracted.hpp"

namespace lectern::data {

// A table whose cells are apart by commas, semicolons, tabs or bars, found by their looks. A row is
// a line "Column: value | Column: value"; without a header it is "value | value". The title stays
// empty.
[[nodiscard]] documents::Extracted table_text(std::string_view utf8);

// JSON, or JSON in lines: "path.to.key: value" a line, objects of a list apart by blank lines.
// Fails with LECTERN_INVALID_ARGUMENT on what is none. The title is that of the outermost object.
[[nodiscard]] documents::Extracted json_text(std::string_view utf8);

// A notebook of Jupyter: its Markdown as it is, code in fences, the text of results; no pictures.
// Places say which cell.
[[nodiscard]] documents::Extracted notebook_text(std::string_view utf8);

// The words of subtitles (SubRip, WebVTT) without times and tags; who speaks stands before them.
[[nodiscard]] documents::Extracted subtitles_text(std::string_view utf8);

// XML: paragraphs of what has text beside elements, "name: value" for what has text alone. `utf8`
// is in UTF-8 whatever it declares.
[[nodiscard]] documents::Extracted xml_text(std::string_view utf8);

}  // namespace lectern::data
