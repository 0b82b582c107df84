// engine/search/choose.hpp: custom stages behind the search and behind the reader.
//
// A custom stage is shown one hit, or one piece of evidence, after the other: the document's id and
// title, the text, and of a hit the metadata. One for which it gives no record is left out. A hit
// may get another title and other metadata. Its text stays: it is what the document says, and what
// is cited; a stage that gives another one fails the request.
#pragma once

#include "engine/search/request.hpp"

namespace lectern {

[[nodiscard]] Status choose_hits(Request& request, const host::Stage& stage, StageCounter& counter);
// Marks count from 1 again.
[[nodiscard]] Status choose_evidence(Request& request, const host::Stage& stage,
                                     StageCounter& counter);

}  // namespace lectern
