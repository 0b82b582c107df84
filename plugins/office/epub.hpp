// office/epub.hpp: e-books (EPUB 2 and 3).
#pragma once

#include "documents/html_text.hpp"
#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// The pages of the book in reading order, each read as HTML.
[[nodiscard]] documents::Extracted epub_text(Archive& archive,
                                             const documents::HtmlLimits& limits = {});

}  // namespace lectern::office
