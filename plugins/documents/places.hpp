// documents/places.hpp: places that stay with their text when it is changed, and go to the host.
#pragma once

#include <vector>

#include "documents/extracted.hpp"

namespace lectern::documents {

// Takes payloads (payloads.hpp) out of the text, and puts U+FFFD for bytes that are not UTF-8.
void clean_text(Extracted& found);

// Views, valid as long as `places` are.
[[nodiscard]] std::vector<plugin::Place> views_of(const std::vector<Place>& places);

// As one document of the source.
void give(const Extracted& found, const plugin::DocumentSink& sink);

}  // namespace lectern::documents
