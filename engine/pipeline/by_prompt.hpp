// engine/pipeline/by_prompt.hpp: a generator that does the work of a custom stage.
#pragma once

#include <string_view>

#include "engine/plugin_host/calls.hpp"

namespace lectern {

// Asks the generator the prompt for each sentence, with the sentence in place of {text}, and gives
// what it says in the sentences' places; as the plugin `translate` does, beside the record when it
// has an id, with a map of the sentences in the metadata. A sentence to which it says nothing
// stays.
[[nodiscard]] Status process_by_prompt(const host::Stage& generator, std::string_view prompt,
                                       const host::Interrupt& interrupt, const host::Record& record,
                                       const host::RecordTaker& taker);

}  // namespace lectern
