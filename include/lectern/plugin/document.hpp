// lectern/plugin/document.hpp: documents with their places, and the sources they are extracted
// from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lectern/plugin/base.hpp"
#include "lectern/plugin/document.h"

namespace lectern::plugin {

// Where the text from `begin` on comes from, until the next place; see lectern_place.
struct Place {
    std::uint32_t kind = LECTERN_PLACE_NONE;
    std::uint64_t begin = 0;
    std::uint64_t number = 0;
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;
    std::string_view name = {};
};

struct Document {
    std::string_view id = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};  // a JSON object, or empty
    std::vector<Place> places = {};  // in order of begin
};

struct Source {
    std::string_view name;
    std::string_view media_type = {};  // as HTTP's Content-Type has it; may be empty
    std::string_view bytes = {};
    std::string_view metadata = {};  // of one that is handed on: a JSON object for its documents
};

class DocumentSink {
 public:
    explicit DocumentSink(const lectern_document_sink* sink) noexcept : sink_(sink) {}
    // May block until there is room.
    void document(const Document& value) const {
        lectern_document out{};
        out.struct_size = sizeof out;
        out.id = plugin::text(value.id);
        out.title = plugin::text(value.title);
        out.text = plugin::text(value.text);
        out.metadata = plugin::text(value.metadata);
        std::vector<lectern_place> places;
        places.reserve(value.places.size());
        for (const Place& place : value.places)
            places.push_back({sizeof(lectern_place), place.kind, place.begin, place.number,
                              place.first_column, place.last_column, plugin::text(place.name)});
        out.places = places.data();
        out.place_count = places.size();
        require(sink_->document(sink_, &out), "stopped by the host");
    }
    // Hands on a source within this one; false when no extractor of the pipeline takes it.
    [[nodiscard]] bool source(const Source& value) const {
        if (!LECTERN_HAS(sink_, source) || sink_->source == nullptr) return false;
        lectern_source out{};
        out.struct_size = sizeof out;
        out.name = plugin::text(value.name);
        out.media_type = plugin::text(value.media_type);
        out.bytes = plugin::text(value.bytes);
        out.metadata = plugin::text(value.metadata);
        const lectern_code code = sink_->source(sink_, &out);
        if (code == LECTERN_UNSUPPORTED) return false;
        require(code, "stopped by the host");
        return true;
    }
    void failed(std::string_view what, lectern_code code, std::string_view message) const {
        sink_->failed(sink_, plugin::text(what), code, plugin::text(message));
    }

 private:
    const lectern_document_sink* sink_;
};

inline Document document(const lectern_document& value) {
    Document out{view(value.id), view(value.title), view(value.text), view(value.metadata), {}};
    if (!LECTERN_HAS(&value, place_count)) return out;
    for (std::uint64_t i = 0; i < value.place_count; ++i) {
        const lectern_place place = ours(*LECTERN_ITEM(lectern_place, value.places, i));
        out.places.push_back({place.kind, place.begin, place.number, place.first_column,
                              place.last_column, view(place.name)});
    }
    return out;
}

}  // namespace lectern::plugin
