// documents/pdf_text.hpp: the text of a PDF, by the program pdftotext of poppler-utils.
//
// poppler is licensed under the GPL and parses hostile input, so it stays behind a process with
// limits (child_process.hpp).
#pragma once

#include <string>
#include <string_view>

#include "documents/child_process.hpp"
#include "documents/extracted.hpp"

namespace lectern::documents {

// `program`: the name or path of pdftotext. The title is the PDF's own, else the first line.
[[nodiscard]] Extracted pdf_text(std::string_view bytes, const std::string& program,
                                 const ProcessLimits& limits);

}  // namespace lectern::documents
