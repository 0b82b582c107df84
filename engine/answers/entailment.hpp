// engine/answers/entailment.hpp: a model's word on whether a sentence follows from what it cites.
//
// The verifier compares words, numbers and names; a stage of kind verifier reads both texts. A
// sentence must pass both.
#pragma once

#include <span>

#include "engine/answers/verifier.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern {

struct EntailmentRule {
    const host::Stage* stage = nullptr;  // nullptr: the query has none, and nothing is checked
    double min_entailment = 0.5;
};

// Takes support from a verdict whose evidence contradicts the sentence, or does not entail it.
[[nodiscard]] Status check_entailment(const EntailmentRule& rule,
                                      std::span<const NumberedEvidence> evidence,
                                      const host::Interrupt& interrupt, Verdict& verdict);

}  // namespace lectern
