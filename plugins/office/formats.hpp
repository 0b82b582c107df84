// office/formats.hpp: the formats, a reader each. read_office.hpp chooses one.
#pragma once

#include <string>
#include <string_view>

#include "documents/html_text.hpp"
#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// Word documents (ECMA-376, WordprocessingML): headings by style or outline level, lists with their
// numbers, tables, footnotes, comments and text boxes after the paragraph they belong to, running
// heads once at the end; pages as the file tells them. Not: hidden text, deleted revisions, tables
// of contents.
[[nodiscard]] documents::Extracted docx_text(Archive& archive, const std::string& part);

// PowerPoint presentations (ECMA-376, PresentationML): each slide under a heading "Slide 3": its
// title as a heading, its text, tables, diagrams, comments and the speaker's notes. Not: hidden
// slides, dates, footers and numbers of slides.
[[nodiscard]] documents::Extracted pptx_text(Archive& archive, const std::string& part);

// Excel workbooks (ECMA-376, SpreadsheetML): each sheet under its name: a line a row, dates and
// percentages as they are shown, text boxes and comments after the rows. Not: hidden sheets, rows
// and columns; formulas (their results are there).
[[nodiscard]] documents::Extracted xlsx_text(Archive& archive, const std::string& part);

// OpenDocument texts, presentations and spreadsheets (ISO/IEC 26300): headings, lists with their
// numbers, tables, text boxes, footnotes and annotations; pages of a presentation under "Slide 3"
// with the speaker's notes, sheets under their names. Not: deleted text, hidden text, pages,
// sheets, rows and columns, tables of contents.
[[nodiscard]] documents::Extracted odf_text(Archive& archive);

// E-books (EPUB 2 and 3): the pages of the book in reading order, each read as HTML.
[[nodiscard]] documents::Extracted epub_text(Archive& archive,
                                             const documents::HtmlLimits& limits = {});

// Rich Text Format, as word processors of all ages write it: paragraphs, headings by outline level,
// items with the marks that are written before them, rows of tables, footnotes. Not: hidden and
// deleted text, running heads, pictures.
[[nodiscard]] documents::Extracted rtf_text(std::string_view bytes);

}  // namespace lectern::office
