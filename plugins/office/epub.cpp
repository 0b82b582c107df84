#include "office/formats.hpp"

#include <algorithm>
#include <map>

#include "office/xml.hpp"
#include "text/text.hpp"

namespace lectern::office {
namespace {

using documents::fail;

struct BookPart {
    std::string name;
    std::string media_type;
    bool contents = false;  // the list of chapters
};

std::string package_part(Archive& archive) {
    auto text = archive.read("META-INF/container.xml");
    if (!text) fail(LECTERN_INVALID_ARGUMENT, "the part \"META-INF/container.xml\" is missing");
    const Xml xml(std::move(*text), "META-INF/container.xml");
    return std::string(value(find(xml.root(), "rootfile"), "full-path"));
}

// "a%20b.xhtml" -> "a b.xhtml"
std::string unescaped_uri(std::string_view uri) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        const char small = static_cast<char>(c | 0x20);
        return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        const bool escaped =
            uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0;
        if (escaped) {
            out += static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2]));
            i += 2;
        } else {
            out += uri[i];
        }
    }
    return out;
}

// Fonts are made unreadable by rule; a book whose pages are is protected.
void refuse_protected(Archive& archive) {
    const auto text = archive.read("META-INF/encryption.xml");
    if (!text) return;
    if (text->find(".xhtml\"") != std::string::npos || text->find(".html\"") != std::string::npos ||
        text->find(".htm\"") != std::string::npos)
        fail(LECTERN_INVALID_ARGUMENT, "the book is protected against copying (DRM)");
}

// The first heading, when it stands near the begin; else "".
std::string heading_of(std::string_view text) {
    constexpr std::size_t near = 1000;
    constexpr std::size_t longest = 120;
    for (std::size_t at = 0; at < std::min(text.size(), near);) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        const std::size_t marks = line.find_first_not_of('#');
        if (marks > 0 && marks != std::string_view::npos && line[marks] == ' ')
            return std::string(text::prefix(line.substr(marks + 1), longest));
    }
    return {};
}

}  // namespace

documents::Extracted epub_text(Archive& archive, const documents::HtmlLimits& limits) {
    refuse_protected(archive);
    const std::string part = package_part(archive);
    auto text = archive.read(part);
    if (!text) fail(LECTERN_INVALID_ARGUMENT, "the part \"" + part + "\" is missing");
    const Xml xml(std::move(*text), part);

    std::map<std::string, BookPart, std::less<>> parts;
    for (const Node& node : child(xml.root(), "manifest").children()) {
        const std::string properties(value(node, "properties"));
        parts[std::string(value(node, "id"))] = {
            resolved(part, unescaped_uri(value(node, "href"))),
            std::string(value(node, "media-type")),
            (" " + properties + " ").find(" nav ") != std::string::npos};
    }
    documents::Markup out;
    std::uint64_t chapter = 0;
    for (const Node& node : child(xml.root(), "spine").children()) {
        const auto found = parts.find(value(node, "idref"));
        if (found == parts.end() || found->second.contents) continue;
        const std::string& type = found->second.media_type;
        if (type.find("html") == std::string::npos && type.find("dtbook") == std::string::npos)
            continue;
        const auto page = archive.read(found->second.name);
        if (!page) continue;
        try {
            const std::string words = documents::html_text(*page, {}, limits).text;
            out.place(
                {.kind = LECTERN_PLACE_CHAPTER, .number = ++chapter, .name = heading_of(words)});
            out.block(words);
        } catch (const documents::Failure& failure) {
            // The page of the cover has a picture and no text.
            if (failure.code() != LECTERN_INVALID_ARGUMENT) throw;
        }
    }

    Properties properties;
    const Node metadata = child(xml.root(), "metadata");
    properties.title = text_of(child(metadata, "title"));
    properties.author = text_of(child(metadata, "creator"));
    properties.created = text_of(child(metadata, "date"));
    properties.language = text_of(child(metadata, "language"));
    return finished(out, properties, std::string{});
}

}  // namespace lectern::office
