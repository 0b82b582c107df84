// documents/ocr.hpp: the words in a picture, by the program tesseract.
//
// It parses hostile input (PNG, JPEG, TIFF and more, by leptonica), so it stays behind a process
// with limits (child_process.hpp), like pdftotext.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "documents/child_process.hpp"
#include "documents/extracted.hpp"
#include "documents/pdf_layout.hpp"

namespace lectern::documents {

struct OcrOptions {
    std::string program = "tesseract";  // its name or path
    std::string languages = "eng";      // of its data: "eng", "deu+eng"
    ProcessLimits limits = {};          // of one picture
};

// The pages of a picture (a TIFF may have several), as a PDF's. Fails with LECTERN_UNAVAILABLE when
// the program or its data are not there, and says what to install; with LECTERN_INVALID_ARGUMENT
// for what is no picture.
[[nodiscard]] std::vector<PdfPage> ocr_pages(std::string_view picture, const OcrOptions& options);

// A picture as a document; fails when it shows no text.
[[nodiscard]] Extracted picture_text(std::string_view picture, const OcrOptions& options);

// What "tesseract … tsv" writes. Words that it is not sure of are left out.
[[nodiscard]] std::vector<PdfPage> parse_tsv(std::string_view output);

// 100 for the names of pictures, 50 for what begins like one, else 0.
[[nodiscard]] unsigned picture_fits(std::string_view name, std::string_view head);

}  // namespace lectern::documents
