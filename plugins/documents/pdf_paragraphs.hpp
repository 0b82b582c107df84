// documents/pdf_paragraphs.hpp: lines of a PDF to paragraphs.
#pragma once

#include <string>
#include <vector>

#include "documents/extracted.hpp"
#include "documents/pdf_layout.hpp"

namespace lectern::documents {

// Paragraphs apart by a blank line, items and rows of tables each on a line. A line that ends with
// a hyphen is joined with the next one: the hyphen stays between digits, and between letters unless
// the word without it stands elsewhere in the document.
// `places`, when it is not null, gets the pages.
[[nodiscard]] std::string pdf_paragraphs(const PdfLayout& layout,
                                         std::vector<Place>* places = nullptr);

}  // namespace lectern::documents
