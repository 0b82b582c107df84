// Text files: their character set and their title.
#include "plugins/documents/plain_text.hpp"

#include "plugins/documents/charset.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    may_refuse([&] {
        std::string storage;
        const std::string_view utf8 = documents::utf8_of(input, storage);
        must(text::invalid_utf8_at(utf8) == std::string_view::npos, "what is given is UTF-8");
        (void)documents::title_of(utf8, "name.md");
    });
    for (const char* charset : {"windows-1252", "Shift_JIS", "UTF-16LE"})
        may_refuse([&] {
            must(
                text::invalid_utf8_at(documents::to_utf8(input, charset)) == std::string_view::npos,
                "what is converted is UTF-8");
        });
}

}  // namespace lectern::fuzz
