#include "office/office_document.hpp"

#include <boost/json.hpp>

#include "documents/charset.hpp"
#include "documents/places.hpp"
#include "documents/plain_text.hpp"
#include "documents/useful_title.hpp"
#include "text/text.hpp"

namespace lectern::office {
namespace {

using documents::Extracted;
using documents::fail;
using documents::one_line;

// XML may hold characters, as numbers, that are none.
std::string valid(std::string text) {
    if (text::invalid_utf8_at(text) == std::string_view::npos) return text;
    return documents::to_utf8(text, documents::encoding_of("utf-8"));
}

std::string members(const Properties& properties) {
    boost::json::object out;
    const auto add = [&](const char* name, const std::string& value) {
        const std::string line = valid(one_line(value));
        if (!line.empty()) out[name] = line;
    };
    add("author", properties.author);
    add("created", properties.created);
    add("modified", properties.modified);
    add("language", properties.language);
    if (out.empty()) return {};
    const std::string all = boost::json::serialize(out);
    return all.substr(1, all.size() - 2);
}

}  // namespace

Extracted finished(documents::Markup& text, const Properties& properties,
                   const std::optional<std::string>& heading) {
    Extracted out;
    out.text = text.take();
    out.places = text.take_places();
    documents::clean_text(out);
    if (documents::only_white_space(out.text))
        fail(LECTERN_INVALID_ARGUMENT, "no text: the document shows none without its pictures");
    out.title = valid(one_line(properties.title));
    if (!documents::useful_title(out.title)) out.title = valid(heading.value_or(""));
    if (out.title.empty() && heading) out.title = documents::title_of(out.text, {});
    out.metadata = members(properties);
    return out;
}

}  // namespace lectern::office
