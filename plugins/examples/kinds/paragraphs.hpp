// A splitter: a chunk is a paragraph, up to an empty line.
#pragma once

#include <algorithm>

#include "lectern/plugin.hpp"

class Paragraphs : public lectern::plugin::Splitter {
 public:
    explicit Paragraphs(const lectern::plugin::Config&) {}

    void split(const lectern::plugin::Call& call, const lectern::plugin::Document& document,
               const lectern::plugin::ChunkSink& sink) const override {
        constexpr std::string_view space = " \t\r\n";
        const std::string_view text = document.text;
        // Cuts stand beside ASCII, so within no character.
        for (std::size_t begin = text.find_first_not_of(space); begin != std::string_view::npos;) {
            call.check();
            const std::size_t end = std::min(text.find("\n\n", begin), text.size());
            sink.chunk(begin, text.find_last_not_of(space, end - 1) + 1, 0);
            begin = text.find_first_not_of(space, end);
        }
    }
};
