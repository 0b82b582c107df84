// documents/pdf_paragraphs.hpp: lines of a PDF to paragraphs.
#pragma once

#include <string>

#include "documents/pdf_layout.hpp"

namespace lectern::documents {

// Paragraphs apart by a blank line, items and rows of tables each on a line. A line that ends with
// a hyphen is joined with the next one: the hyphen stays between digits, and between letters unless
// the word without it stands elsewhere in the document.
[[nodiscard]] std::string pdf_paragraphs(const PdfLayout& layout);

}  // namespace lectern::documents
