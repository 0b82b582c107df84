// lectern/plugin/verifier.hpp: does an answer follow from its evidence?
#pragma once

#include <cstdint>

#include "lectern/plugin/stage.hpp"
#include "lectern/plugin/verifier.h"

namespace lectern::plugin {

// Since ABI 1.1.
class Verifier : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_ANSWER}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_ANSWER}; }
    // out: of each pair the probabilities of entailment, neutral and contradiction.
    virtual void infer(const Call& call, const lectern_text* premises,
                       const lectern_text* hypotheses, std::uint64_t count, float* out) const = 0;
};

namespace detail {

inline const lectern_entailment entailment_table{
    sizeof(lectern_entailment), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text* premises,
       const lectern_text* hypotheses, std::uint64_t count, float* out) -> lectern_code {
        return guarded(call, [&] {
            object<Verifier>(stage).infer(Call(call), premises, hypotheses, count, out);
        });
    }};

template <>
struct KindOf<Verifier> {
    static constexpr std::uint32_t kind = LECTERN_VERIFIER;
    static constexpr const char* id = LECTERN_ENTAILMENT_1;
    static const void* table() noexcept { return &entailment_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
