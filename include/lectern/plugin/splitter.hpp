// lectern/plugin/splitter.hpp: cuts a document into chunks.
#pragma once

#include <cstdint>

#include "lectern/plugin/document.hpp"
#include "lectern/plugin/splitter.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

class ChunkSink {
 public:
    explicit ChunkSink(const lectern_chunk_sink* sink) noexcept : sink_(sink) {}
    // context: see lectern_chunk.
    void chunk(std::uint64_t begin, std::uint64_t end, std::uint32_t tokens,
               lectern_range context = {0, 0}) const {
        lectern_chunk out{};
        out.struct_size = sizeof out;
        out.tokens = tokens;
        out.begin = begin;
        out.end = end;
        out.context_begin = context.begin;
        out.context_end = context.end;
        require(sink_->chunk(sink_, &out), "stopped by the host");
    }

 private:
    const lectern_chunk_sink* sink_;
};

class Splitter : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_CHUNKS}; }
    virtual void split(const Call& call, const Document& document, const ChunkSink& sink) const = 0;
};

namespace detail {

inline const lectern_splitter splitter_table{
    sizeof(lectern_splitter), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_document* record,
       const lectern_chunk_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Splitter>(stage).split(Call(call), document(*record), ChunkSink(sink));
        });
    }};

template <>
struct KindOf<Splitter> {
    static constexpr std::uint32_t kind = LECTERN_SPLITTER;
    static constexpr const char* id = LECTERN_SPLITTER_1;
    static const void* table() noexcept { return &splitter_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
