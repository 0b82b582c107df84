// office/rtf.hpp: Rich Text Format, as word processors of all ages write it.
#pragma once

#include <string_view>

#include "office/office_document.hpp"

namespace lectern::office {

// Paragraphs, headings by outline level, items with the marks that are written before them, rows of
// tables, footnotes. Not: hidden and deleted text, running heads, pictures.
[[nodiscard]] documents::Extracted rtf_text(std::string_view bytes);

}  // namespace lectern::office
