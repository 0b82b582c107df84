// documents/pdf_layout.hpp: what "pdftotext -bbox-layout" writes: words and where they stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::documents {

struct PdfBox {  // points, from the upper left corner
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
    [[nodiscard]] double height() const noexcept { return bottom - top; }
    [[nodiscard]] double middle() const noexcept { return (top + bottom) / 2; }
    void extend(const PdfBox& other) noexcept;
};

// Words without a wide gap between them. A line of a paragraph is one, a row of a table several.
struct PdfPiece {
    PdfBox box;
    std::string text;
    unsigned flow = 0;   // of its page, in reading order
    unsigned block = 0;  // the same
};

using PdfPage = std::vector<PdfPiece>;  // in reading order

struct PdfLayout {
    std::string title;
    std::vector<PdfPage> pages;
};

// "•", "-": the mark of an item alone.
[[nodiscard]] bool is_bullet(std::string_view text) noexcept;

[[nodiscard]] PdfLayout parse_layout(std::string_view output);

}  // namespace lectern::documents
