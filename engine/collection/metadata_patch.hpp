// engine/collection/metadata_patch.hpp: a document with other metadata, its vectors kept.
#pragma once

#include <string>

#include "corpus/corpus.hpp"

namespace lectern {

// The stored document as it is written again: with other metadata, and with the vectors of the
// generation that it has.
[[nodiscard]] Result<storage::PutDocument> with_metadata(const corpus::Reader& reader,
                                                         corpus::StoredDocument stored,
                                                         std::string metadata,
                                                         storage::GenerationNumber generation);

}  // namespace lectern
