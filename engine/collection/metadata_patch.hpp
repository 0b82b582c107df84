// engine/collection/metadata_patch.hpp: a document with other metadata, its vectors kept.
#pragma once

#include <string>
#include <string_view>

#include "corpus/corpus.hpp"

namespace lectern {

// What the patch makes of the metadata (RFC 7396).
[[nodiscard]] Result<std::string> merged(std::string_view metadata, std::string_view merge_patch);

// The stored document as it is written again: with other metadata, and with the vectors of the
// generation that it has.
[[nodiscard]] Result<storage::PutDocument> with_metadata(const corpus::Reader& reader,
                                                         corpus::StoredDocument stored,
                                                         std::string metadata,
                                                         storage::GenerationNumber generation);

}  // namespace lectern
