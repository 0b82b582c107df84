// office/drawing_text.hpp: text in shapes (ECMA-376, DrawingML), of slides and of sheets.
#pragma once

#include <string>

#include "documents/markup.hpp"
#include "office/xml.hpp"

namespace lectern::office {

// The runs of an a:p, with its line breaks.
[[nodiscard]] std::string drawing_paragraph(const Node& paragraph);

// All paragraphs of a text body. `bullets`: its paragraphs are items unless they say otherwise.
void write_drawing_body(const Node& body, bool bullets, documents::Markup& out);

// All paragraphs of a text body in one line.
[[nodiscard]] std::string drawing_line(const Node& body);

// An a:tbl.
void write_drawing_table(const Node& table, documents::Markup& out);

}  // namespace lectern::office
