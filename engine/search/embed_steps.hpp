// engine/search/embed_steps.hpp: from the query's text to its vector.
#pragma once

#include "engine/search/request.hpp"

namespace lectern {

// A custom stage's text in place of the query's.
[[nodiscard]] Status rewrite(Request& request, const host::Stage& stage);
[[nodiscard]] Status tokenize(Request& request, StageCounter& counter);
[[nodiscard]] Status embed(Request& request, StageCounter& counter);

}  // namespace lectern
