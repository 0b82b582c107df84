// HTML pages in any character set.
#include "plugins/documents/html_text.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    may_refuse([&] {
        documents::HtmlLimits limits;
        limits.tree_bytes = std::size_t{64} << 20;
        limits.time = std::chrono::seconds(2);
        const documents::Extracted page = documents::html_text(input, {}, limits);
        must(text::invalid_utf8_at(page.text) == std::string_view::npos, "a page's text is UTF-8");
        must(text::invalid_utf8_at(page.title) == std::string_view::npos, "its title is UTF-8");
        must(page.title.find('\n') == std::string::npos, "a title is one line");
    });
}

}  // namespace lectern::fuzz
