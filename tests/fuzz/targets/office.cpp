// Office files: archives, their parts, RTF. The first byte chooses: 0 is a file as it is, others
// put the rest into a file as its main part, as few random archives are ones.
#include <zip.h>

#include "plugins/office/read_office.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {
namespace {

std::string zipped(std::string_view name, std::string_view part) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const whole = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(whole);
    zip_t* const zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    zip_source_t* const source = zip_source_buffer(zip, part.data(), part.size(), 0);
    zip_file_add(zip, std::string(name).c_str(), source, 0);
    zip_close(zip);
    zip_source_open(whole);
    zip_source_seek(whole, 0, SEEK_END);
    std::string out(static_cast<std::size_t>(zip_source_tell(whole)), '\0');
    zip_source_seek(whole, 0, SEEK_SET);
    zip_source_read(whole, out.data(), out.size());
    zip_source_close(whole);
    zip_source_free(whole);
    return out;
}

}  // namespace

void run(std::string_view input) {
    if (input.empty()) return;
    constexpr std::string_view parts[] = {"word/document.xml", "content.xml", "xl/workbook.xml",
                                          "ppt/presentation.xml", "META-INF/container.xml"};
    const auto kind = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    const std::string made =
        kind == 0 ? std::string(input) : zipped(parts[kind % std::size(parts)], input);
    may_refuse([&] {
        office::OfficeLimits limits;
        limits.archive = {std::size_t{4} << 20, std::size_t{16} << 20};
        // Programs of others are not looked at here, and are slow.
        limits.converters.doc = limits.converters.xls = limits.converters.ppt = "no-such-program";
        limits.html.time = std::chrono::seconds(2);
        const documents::Extracted found = office::read_office(made, limits);
        must(text::invalid_utf8_at(found.text) == std::string_view::npos, "a text is UTF-8");
        must(text::invalid_utf8_at(found.title) == std::string_view::npos, "its title is UTF-8");
        must(found.title.find('\n') == std::string::npos, "a title is one line");
    });
}

}  // namespace lectern::fuzz
