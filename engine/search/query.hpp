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

#include "corpus/corpus.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct QueryContext {
    Pipeline& pipeline;
    const corpus::Corpus& corpus;
    const corpus::Vectors& vectors;
    unsigned threads;
    const Log& log;
};

[[nodiscard]] Result<SearchResult> run_search(const QueryContext& context, std::string_view text,
                                              const SearchOptions& options);
[[nodiscard]] Result<Answer> run_ask(const QueryContext& context, std::string_view question,
                                     const AskOptions& options);

}  // namespace lectern
