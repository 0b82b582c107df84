// documents/pdf_test_file.hpp: one-page PDFs for tests.
#pragma once

#include <string>
#include <vector>

namespace lectern::documents {

struct PdfText {
    int x;  // points from the left
    int y;  // points from the bottom
    std::string text;
};

// In Helvetica of 10 points. Without texts the page shows nothing, as a scan without OCR does.
inline std::string pdf_file(const std::vector<PdfText>& texts, const std::string& title = {}) {
    std::string content;
    for (const PdfText& text : texts)
        content += "BT /F1 10 Tf " + std::to_string(text.x) + " " + std::to_string(text.y) +
                   " Td (" + text.text + ") Tj ET\n";
    const std::vector<std::string> objects{
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        "<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Title (" + title + ") >>"};
    std::string out = "%PDF-1.4\n";
    std::string table = "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const std::string offset = std::to_string(out.size());
        table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const std::string begin = std::to_string(out.size());
    return out + table + "trailer\n<< /Size " + std::to_string(objects.size() + 1) +
           " /Root 1 0 R /Info 6 0 R >>\nstartxref\n" + begin + "\n%%EOF\n";
}

}  // namespace lectern::documents
