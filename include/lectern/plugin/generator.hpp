// lectern/plugin/generator.hpp: writes text.
#pragma once

#include <cstdint>
#include <string>

#include "lectern/plugin/generator.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

struct GeneratorInfo {
    std::uint32_t context_tokens = 0;
    std::string fingerprint;
    std::string model;
};

class Generator : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_EVIDENCE}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_ANSWER}; }
    [[nodiscard]] virtual const GeneratorInfo& info() const = 0;
    [[nodiscard]] virtual std::uint64_t count_tokens(const Call& call,
                                                     const lectern_message* messages,
                                                     std::uint64_t count) const = 0;
    virtual void generate(const Call& call, const lectern_generation& request, const TextSink& sink,
                          lectern_generation_report& report) const = 0;
    virtual void warm(const Call& /*call*/, const lectern_message* /*messages*/,
                      std::uint64_t /*count*/) const {}
};

namespace detail {

inline const lectern_generator generator_table{
    sizeof(lectern_generator),
    0,
    [](const lectern_stage* stage, lectern_generator_info* out) -> lectern_code {
        return guarded(nullptr, [&] {
            const GeneratorInfo& info = object<Generator>(stage).info();
            lectern_generator_info filled{};
            filled.context_tokens = info.context_tokens;
            filled.fingerprint = info.fingerprint.c_str();
            filled.model = info.model.c_str();
            fill(filled, out);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_message* messages,
       std::uint64_t count, std::uint64_t* out) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_message> all(messages, count);
            *out = object<Generator>(stage).count_tokens(Call(call), all.data(), count);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_generation* request,
       const lectern_text_sink* sink, lectern_generation_report* report) -> lectern_code {
        lectern_generation_report filled{};
        filled.struct_size = sizeof filled;
        const lectern_code code = guarded(call, [&] {
            const Ours<lectern_message> all(request->messages, request->message_count);
            lectern_generation mine = ours(*request);
            mine.messages = all.data();
            object<Generator>(stage).generate(Call(call), mine, TextSink(sink), filled);
        });
        if (report != nullptr) fill(filled, report);
        return code;
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_message* messages,
       std::uint64_t count) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_message> all(messages, count);
            object<Generator>(stage).warm(Call(call), all.data(), count);
        });
    }};

template <>
struct KindOf<Generator> {
    static constexpr std::uint32_t kind = LECTERN_GENERATOR;
    static constexpr const char* id = LECTERN_GENERATOR_1;
    static const void* table() noexcept { return &generator_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
