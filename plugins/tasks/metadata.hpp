// tasks/metadata.hpp: what was found, as fields of a document's metadata.
//
// A class is a string in the field `into`, and its probability a number in `into_score`; several
// classes are a list. Named things are a list of what they are called in `into`, and one list more
// for each type in `into_` and the type in lower case ("names_per").
#pragma once

#include <string>
#include <string_view>

#include "plugins/tasks/classifier.hpp"

namespace lectern::tasks {

// `metadata` is a JSON object or empty; other fields of it stay. `text` is what was classified.
[[nodiscard]] std::string with_fields(std::string_view metadata, const std::string& into,
                                      const Classifier& classifier, const Classification& found,
                                      std::string_view text);
[[nodiscard]] std::string with_label(std::string_view metadata, const std::string& into,
                                     const Labelled& label);

}  // namespace lectern::tasks
