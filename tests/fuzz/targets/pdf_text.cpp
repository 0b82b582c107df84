// What pdftotext and tesseract write. (PDFs and pictures themselves are parsed by these programs,
// in processes with limits.)
#include <algorithm>

#include "plugins/documents/ocr.hpp"
#include "plugins/documents/pdf_layout.hpp"
#include "plugins/documents/pdf_paragraphs.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {
namespace {

std::ptrdiff_t letters(std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

void check(const documents::PdfLayout& layout) {
    std::ptrdiff_t all = 0;
    std::ptrdiff_t marks = 0;  // "o" is one, and becomes "-"
    for (const documents::PdfPage& page : layout.pages)
        for (const documents::PdfPiece& piece : page) {
            all += letters(piece.text);
            if (documents::is_bullet(piece.text)) marks += letters(piece.text);
        }
    const std::ptrdiff_t given = letters(documents::pdf_paragraphs(layout));
    must(given <= all && given >= all - marks, "no letter is lost, and none doubled");
}

}  // namespace

void run(std::string_view input) {
    check(documents::parse_layout(input));
    documents::PdfLayout picture;
    picture.pages = documents::parse_tsv(input);
    check(picture);
}

}  // namespace lectern::fuzz
