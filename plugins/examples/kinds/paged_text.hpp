// An extractor: plain text whose pages end with form feeds, as printers had it. It says which page
// the text is from.
#pragma once

#include <algorithm>
#include <string>

#include "lectern/plugin.hpp"

class PagedText : public lectern::plugin::Extractor {
 public:
    explicit PagedText(const lectern::plugin::Config&) {}

    // The extractor of the pipeline that fits best gets the file.
    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        const bool named = name.size() > 4 && name.substr(name.size() - 4) == ".txt";
        if (!named) return 0;
        return head.find('\f') == std::string_view::npos ? 20 : 90;
    }

    void extract(const lectern::plugin::Call&, const lectern::plugin::Source& source,
                 const lectern::plugin::DocumentSink& sink) const override {
        std::string text(source.bytes);
        lectern::plugin::Document out;
        out.places.push_back({LECTERN_PLACE_PAGE, 0, 1});
        for (std::size_t at = text.find('\f'); at != std::string::npos; at = text.find('\f', at)) {
            text[at] = '\n';
            out.places.push_back({LECTERN_PLACE_PAGE, at + 1, out.places.size() + 1});
        }
        const std::string metadata = "{\"pages\": " + std::to_string(out.places.size()) + "}";
        out.id = source.name;
        out.text = text;
        out.metadata = metadata;
        sink.document(out);
    }
};
