// Tables, JSON, XML, notebooks and subtitles; the first byte chooses.
#include "plugins/data/read_data.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    if (input.empty()) return;
    constexpr std::string_view names[] = {"a.csv", "a.json", "a.xml", "a.ipynb", "a.srt", "a.vtt"};
    const std::string_view name =
        names[static_cast<unsigned char>(input.front()) % std::size(names)];
    may_refuse([&] {
        const documents::Extracted found = data::read_data(input.substr(1), name, {});
        must(text::invalid_utf8_at(found.text) == std::string_view::npos, "a text is UTF-8");
        must(text::invalid_utf8_at(found.title) == std::string_view::npos, "its title is UTF-8");
    });
}

}  // namespace lectern::fuzz
