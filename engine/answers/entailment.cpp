#include "engine/answers/entailment.hpp"

#include <algorithm>
#include <string>

#include "engine/plugin_host/calls.hpp"

namespace lectern {

Status check_entailment(const EntailmentRule& rule, std::span<const NumberedEvidence> evidence,
                        const host::Interrupt& interrupt, Verdict& verdict) {
    if (rule.stage == nullptr || !verdict.supported) return {};
    std::string cited;
    for (const unsigned mark : verdict.cited) {
        const auto item = std::find_if(evidence.begin(), evidence.end(),
                                       [&](const NumberedEvidence& e) { return e.n == mark; });
        if (item == evidence.end()) continue;
        if (!cited.empty()) cited += ' ';
        cited += item->text;
    }
    LECTERN_ASSIGN(const host::Entailment shares,
                   host::infer(*rule.stage, interrupt, cited, verdict.text));
    const auto [entailment, neutral, contradiction] = shares;
    if (contradiction > entailment && contradiction > neutral) {
        verdict.supported = false;
        verdict.reason = "its evidence contradicts it";
    } else if (entailment < static_cast<float>(rule.min_entailment)) {
        verdict.supported = false;
        verdict.reason = "it does not follow from its evidence";
    }
    return {};
}

}  // namespace lectern
