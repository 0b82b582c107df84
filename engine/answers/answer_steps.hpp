// engine/answers/answer_steps.hpp: from hits to evidence, and from that to an answer.
#pragma once

#include "engine/search/request.hpp"

namespace lectern {

// Sentences of the hits that answer; decides whether the request abstains.
[[nodiscard]] Status read(Request& request, const host::Stage& stage);
// Sets what follows from the evidence: how sure it is, and whether the request abstains.
void decide(Request& request);
// `generator`: nullptr quotes the evidence.
[[nodiscard]] Status answer(Request& request, const host::Stage* generator, StageCounter& writing);

// Of what the search found, as the request's options say.
[[nodiscard]] Result<std::vector<Summary>> summarize_hits(Request& request,
                                                          const SearchOptions& options);

}  // namespace lectern
