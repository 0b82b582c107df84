// documents/pdf_text.hpp: the text of a PDF, by the program pdftotext of poppler-utils.
//
// poppler is licensed under the GPL and parses hostile input, so it stays behind a process with
// limits (child_process.hpp).
#pragma once

#include <string>
#include <string_view>

#include "documents/child_process.hpp"
#include "documents/extracted.hpp"
#include "documents/ocr.hpp"
#include "documents/program_ahead.hpp"

namespace lectern::documents {

// How pages without text, scans, are read.
struct PdfScans {
    bool read = true;
    std::string program = "pdftoppm";  // of poppler-utils, too: makes a picture of a page
    OcrOptions ocr = {};
    std::size_t most_pages = 1000;  // of one PDF
};

// `program`: the name or path of pdftotext. The title is the PDF's own, else the first line. Pages
// without text are read by OCR where that is installed; when it is not, and no page has text, the
// failure says what to install. `ahead` starts pdftotext for one PDF after another; nullptr: here.
[[nodiscard]] Extracted pdf_text(std::string_view bytes, const std::string& program,
                                 const ProcessLimits& limits, const PdfScans& scans = {},
                                 ProgramAhead* ahead = nullptr);

}  // namespace lectern::documents
