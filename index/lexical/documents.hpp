// index/lexical/documents.hpp: documents of the store, analysed.
#pragma once

#include <functional>

#include "index/lexical/segment_builder.hpp"
#include "storage/store/store.hpp"

namespace lectern::index::lexical {

[[nodiscard]] AnalysedDocument analyse(Analyzer& analyzer, const storage::PutDocument& document);
[[nodiscard]] Result<AnalysedDocument> analyse(Analyzer& analyzer, const storage::Reader& reader,
                                               const storage::DocumentHeader& document);
// The document that has this chunk.
[[nodiscard]] Result<AnalysedDocument> analyse(Analyzer& analyzer, const storage::Reader& reader,
                                               storage::ChunkId chunk);

// Makes segments of all documents, from the number `next` on, and gives them to `write`, a piece of
// the collection at a time.
using WriteSegment = std::function<Status(Segment segment, storage::DerivedRows rows)>;
[[nodiscard]] Status build_all(Analyzer& analyzer, const storage::Reader& reader,
                               SegmentNumber next, const WriteSegment& write);

}  // namespace lectern::index::lexical
