// engine/query/answer_steps.hpp: from hits to evidence, and from that to an answer.
#pragma once

#include "engine/query/request.hpp"

namespace lectern {

// Sentences of the hits that answer; decides whether the request abstains.
[[nodiscard]] Status read(Request& request, const host::Stage& stage);
// `generator`: nullptr quotes the evidence.
[[nodiscard]] Status answer(Request& request, const host::Stage* generator, StageCounter& writing,
                            StageCounter& verifying);

}  // namespace lectern
