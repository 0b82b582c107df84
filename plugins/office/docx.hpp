// office/docx.hpp: Word documents (ECMA-376, WordprocessingML).
#pragma once

#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// Headings by style or outline level, lists with their numbers, tables, footnotes, comments and
// text boxes behind the paragraph they belong to, running heads once at the end; pages as the file
// tells them. Not: hidden text,
// deleted revisions, tables of contents.
[[nodiscard]] documents::Extracted docx_text(Archive& archive, const std::string& part);

}  // namespace lectern::office
