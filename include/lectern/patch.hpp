// lectern/patch.hpp: change a document's metadata, and nothing else of it.
#pragma once

#include <string>
#include <string_view>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

// Applies a merge patch (RFC 7396: null takes a key out, objects are merged, all else is replaced)
// to the metadata of a stored document. Its text, its chunks with their places, and its vectors
// stay as they are, so no model runs; works without loaded models. On disk when ok, and filters see
// it at once. True when that changed something. not_found when there is no such document,
// invalid_argument when `merge_patch` is not a JSON object. The document keeps the patched metadata
// until it is stored anew.
[[nodiscard]] LECTERN_API Result<bool> patch_metadata(Collection& collection,
                                                      std::string_view document,
                                                      std::string_view merge_patch);

// What the patch makes of metadata: a JSON object, or nothing where no key is left.
[[nodiscard]] LECTERN_API Result<std::string> merge_metadata(std::string_view metadata,
                                                             std::string_view merge_patch);

}  // namespace lectern
