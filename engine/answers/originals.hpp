// engine/answers/originals.hpp: what was read in a translation, cited in the document it is of.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/search/query.hpp"

namespace lectern {

// A document of the collection whose metadata say that it is a translation
// ({"translation": {"of": ID, "name": ..., "sentences": ...}}, text/sentence_map.hpp): what was
// read in it becomes a citation of the sentences of ID that say it, where ID is there and is the
// text that was translated; `translation` is what was read. Others stay as they are.
[[nodiscard]] Status cite_originals(const QueryContext& context, std::vector<Citation>& citations);
// The same of the bytes that answer: the sentences that hold them.
[[nodiscard]] Status cite_original(const QueryContext& context, AnswerSpan& span);

// Metadata as a search gives it: without the map of the sentences, which is as long as they are
// many.
[[nodiscard]] std::string without_sentence_map(std::string metadata);

}  // namespace lectern
