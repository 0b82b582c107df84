// apps/eval/measures/support.hpp: do the cited bytes say what the sentence says? A check of words
// and numbers, made without the engine's own verifier so that it can be held against it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace lectern::evaluation {

struct Support {
    std::size_t sentences = 0;
    std::size_t supported = 0;
};

// The quote of mark [n], or nothing when there is no such citation.
using QuoteOf = std::function<std::optional<std::string_view>(unsigned n)>;

// A sentence is supported when it carries at least one mark [n], every mark has a quote, every
// number of the sentence stands in those quotes, and so does at least half of its content words (in
// any inflection). The marks may stand before or after the full stop.
[[nodiscard]] Support support(std::string_view answer, const QuoteOf& quote_of);

}  // namespace lectern::evaluation
