#include "engine/answers/entailment.hpp"

#include <algorithm>
#include <array>
#include <string>

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
    const lectern_text premise{cited.data(), cited.size()};
    const lectern_text hypothesis{verdict.text.data(), verdict.text.size()};
    std::array<float, 3> shares{};  // entailment, neutral, contradiction
    host::CallContext call(interrupt);
    LECTERN_TRY(
        call.status(rule.stage->table<lectern_entailment>()->infer(
                        rule.stage->get(), call.get(), &premise, &hypothesis, 1, shares.data()),
                    rule.stage->describe()));
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
