// engine/search/similar.hpp: a search with a document in place of a text. Internal to
// engine/search.
#pragma once

#include <string_view>

#include "engine/search/request.hpp"

namespace lectern {

// Sets the request's vector to the middle of the document's chunks and its words to those that set
// the document apart, leaves the document itself out, and takes the request's text for what it
// demands of a chunk. Without vectors of the serving model the search is by words alone.
[[nodiscard]] Status look_like(Request& request, std::string_view document);

}  // namespace lectern
