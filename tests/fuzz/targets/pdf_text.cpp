// What pdftotext writes. (The PDF itself is parsed by that program, in a process with limits.)
#include "plugins/documents/pdf_text.hpp"

#include "plugins/documents/pdf_paragraphs.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const auto without_space = [](std::string_view text) {
        std::string out;
        for (const char c : text)
            if (std::string_view(" \t\r\n\f\v").find(c) == std::string_view::npos) out += c;
        return out;
    };
    must(without_space(documents::pdf_paragraphs(input)) == without_space(input),
         "paragraphs change white space only");
    may_refuse([&] { (void)documents::parse_html_meta(input); });
}

}  // namespace lectern::fuzz
