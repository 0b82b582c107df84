// office/odf.hpp: OpenDocument texts, presentations and spreadsheets (ISO/IEC 26300).
#pragma once

#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// Headings, lists with their numbers, tables, text boxes, footnotes and annotations; pages of a
// presentation under "Slide 3" with the speaker's notes, sheets under their names. Not: deleted
// text, hidden text, pages, sheets, rows and columns, tables of contents.
[[nodiscard]] documents::Extracted odf_text(Archive& archive);

}  // namespace lectern::office
