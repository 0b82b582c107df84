// Text files: their character set, their title, and the payloads in them.
#include "plugins/documents/plain_text.hpp"

#include "plugins/documents/charset.hpp"
#include "plugins/documents/payloads.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    for (const char* charset : {"", "windows-1252", "shift_jis", "utf-16le", "iso-8859-16", "none"})
        may_refuse([&] {
            std::string storage;
            const std::string_view utf8 = documents::decode(input, charset, "", storage).text;
            must(text::invalid_utf8_at(utf8) == std::string_view::npos, "what is given is UTF-8");
            std::string kept;
            const std::string_view text = documents::without_payloads(utf8, kept);
            must(text.size() <= utf8.size(), "payloads are only taken out");
            must(text::invalid_utf8_at(text) == std::string_view::npos, "and leave UTF-8");
            const std::string title = documents::title_of(text, "name.md");
            must(title.find('\n') == std::string::npos, "a title is one line");
        });
}

}  // namespace lectern::fuzz
