// lectern/plugin/extractor.hpp: makes documents of a file's bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "lectern/plugin/document.hpp"
#include "lectern/plugin/extractor.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

class Extractor : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_SOURCE}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    // 0 (not at all) to 100; `head` is the first 4096 bytes or less.
    [[nodiscard]] virtual unsigned fits(std::string_view name, std::string_view head) const = 0;
    virtual void extract(const Call& call, const Source& source,
                         const DocumentSink& sink) const = 0;
};

namespace detail {

inline const lectern_extractor extractor_table{
    sizeof(lectern_extractor), 0,
    [](const lectern_stage* stage, lectern_text name, lectern_text head) -> std::uint32_t {
        std::uint32_t out = 0;
        guarded(nullptr, [&] { out = object<Extractor>(stage).fits(view(name), view(head)); });
        return out;
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_source* source,
       const lectern_document_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Extractor>(stage).extract(
                Call(call),
                Source{view(source->name), view(source->media_type), view(source->bytes)},
                DocumentSink(sink));
        });
    }};

template <>
struct KindOf<Extractor> {
    static constexpr std::uint32_t kind = LECTERN_EXTRACTOR;
    static constexpr const char* id = LECTERN_EXTRACTOR_1;
    static const void* table() noexcept { return &extractor_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
