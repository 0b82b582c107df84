// lectern/plugin/custom.hpp: any record in, any record out.
#pragma once

#include <cstdint>

#include "lectern/plugin/custom.h"
#include "lectern/plugin/document.hpp"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

class Custom : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    virtual void process(const Call& call, const Document& record,
                         const DocumentSink& sink) const = 0;
};

namespace detail {

inline const lectern_custom custom_table{
    sizeof(lectern_custom), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_document* record,
       const lectern_document_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Custom>(stage).process(Call(call), document(*record), DocumentSink(sink));
        });
    }};

template <>
struct KindOf<Custom> {
    static constexpr std::uint32_t kind = LECTERN_CUSTOM;
    static constexpr const char* id = LECTERN_CUSTOM_1;
    static const void* table() noexcept { return &custom_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
