// engine/search/query.hpp: the query dataflow of a pipeline.
//
//     query → filter → custom stages ─┬→ tokenize → embed → dense ─┬→ search → rerank → sort
//                                     └→ lexical ──────────────────┘     └→ read → write and verify
//
// A oneTBB flow graph is built for one request and run on the caller's thread and idle workers, so
// requests do not wait for each other's stages.
#pragma once

#include <memory>
#include <string_view>

#include "engine/pipeline/pipeline.hpp"
#include "index/lexical/lexical_index.hpp"
#include "index/metadata/metadata_index.hpp"
#include "index/vector/vector_index.hpp"
#include "lectern/lectern.hpp"
#include "storage/store/store.hpp"

namespace lectern {

struct QueryContext {
    Pipeline& pipeline;
    const storage::Store& store;
    const index::VectorIndex& index;
    MetadataIndex& metadata;
    const index::LexicalIndex& lexical;
    unsigned threads;
    const Log& log;
};

[[nodiscard]] Result<SearchResult> run_search(const QueryContext& context, std::string_view text,
                                              const SearchOptions& options);
[[nodiscard]] Result<Answer> run_ask(const QueryContext& context, std::string_view question,
                                     const AskOptions& options);

}  // namespace lectern
