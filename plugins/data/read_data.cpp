#include "data/read_data.hpp"

#include "data/data_text.hpp"
#include "documents/charset.hpp"
#include "documents/file_name.hpp"
#include "documents/places.hpp"
#include "documents/plain_text.hpp"
#include "text/text.hpp"

namespace lectern::data {
namespace {

using documents::Extracted;
using documents::has_extension;

bool is_json_lines(std::string_view name) {
    return has_extension(name, {"jsonl", "ndjson"});
}

Extracted read(std::string_view utf8, std::string_view name) {
    if (has_extension(name, {"csv", "tsv", "tab"})) return table_text(utf8);
    if (has_extension(name, {"ipynb"})) return notebook_text(utf8);
    if (has_extension(name, {"srt", "vtt"})) return subtitles_text(utf8);
    const bool xml = has_extension(name, {"xml", "svg"});
    try {
        return xml ? xml_text(utf8) : json_text(utf8);
    } catch (const documents::Failure& failure) {
        // Words can be found in what is not quite JSON, too.
        if (failure.code() != LECTERN_INVALID_ARGUMENT ||
            std::string_view(failure.what()).starts_with("no text"))
            throw;
    }
    Extracted out;
    out.text = utf8;
    return out;
}

}  // namespace

unsigned data_fits(std::string_view name, std::string_view head) {
    if (has_extension(
            name, {"csv", "tsv", "tab", "json", "geojson", "xml", "svg", "ipynb", "srt", "vtt"}))
        return 100;
    const std::string_view row = documents::trimmed(head.substr(0, head.find('\n')));
    const bool whole = head.find('\n') != std::string_view::npos;
    if (is_json_lines(name) && whole && row.starts_with('{') &&
        head.find("\"text\"") == std::string_view::npos)
        return 95;
    return 0;
}

Extracted read_data(std::string_view bytes, std::string_view name, std::string_view media_type) {
    std::string storage;
    const documents::Decoded decoded = documents::decode(bytes, documents::charset_of(media_type),
                                                         documents::xml_declared(bytes), storage);
    if (documents::only_white_space(decoded.text))
        documents::fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    Extracted out = read(decoded.text, name);
    documents::clean_text(out);
    if (text::invalid_utf8_at(out.title) != std::string_view::npos) out.title.clear();
    if (out.title.empty() && has_extension(name, {"ipynb"}))
        out.title = documents::title_of(out.text, name);
    if (out.title.empty()) out.title = documents::base_name(name);
    out.metadata = documents::metadata_of(decoded);
    out.replaced = decoded.replaced;
    return out;
}

}  // namespace lectern::data
