// engine/insight/insight.hpp: what a collection shows besides hits and answers.
#pragma once

#include "corpus/corpus.hpp"
#include "engine/search/query.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// The pipeline's models alone: texts to vectors, passages to scores, messages to text.
[[nodiscard]] Result<Embeddings> run_embed(const Pipeline& pipeline,
                                           std::span<const std::string> texts, EmbedAs purpose,
                                           std::stop_token stop, TooLong too_long);
[[nodiscard]] Result<Reranked> run_rerank(Pipeline& pipeline, std::string_view query,
                                          std::span<const std::string> passages,
                                          std::stop_token stop);
[[nodiscard]] Result<Generated> run_generate(Pipeline& pipeline, std::span<const Message> messages,
                                             const GenerateOptions& options,
                                             std::string_view grammar);

// A collection in pictures: when its documents came, how its chunks lie.
[[nodiscard]] Result<Overview> run_overview(const corpus::Corpus& corpus,
                                            const OverviewOptions& options);

// What the vector index finds for a query, against every vector there is.
[[nodiscard]] Result<RecallSample> run_recall(const QueryContext& context, std::string_view text,
                                              const RecallOptions& options);

}  // namespace lectern
