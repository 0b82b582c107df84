// lectern/grammar.hpp: what a generator says by itself, in a given form.
#pragma once

#include <span>
#include <string_view>

#include "lectern/engine.hpp"
#include "lectern/lectern.hpp"
#include "lectern/status.hpp"

namespace lectern {

// As Collection::generate, and the text is one of the grammar's, or the beginning of one when it is
// truncated. The grammar is GBNF, the notation of llama.cpp, with a rule `root`: `root ::= "yes" |
// "no"`. invalid_argument for one that cannot be read; unsupported where the pipeline's generator
// keeps to none.
[[nodiscard]] LECTERN_API Result<Generated> generate_within(const Collection& collection,
                                                            std::string_view grammar,
                                                            std::span<const Message> messages,
                                                            const GenerateOptions& options = {});

}  // namespace lectern
