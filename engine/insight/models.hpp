// engine/insight/models.hpp: the pipeline's models alone: texts to vectors, messages to text.
#pragma once

#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

[[nodiscard]] Result<Embeddings> run_embed(const Pipeline& pipeline,
                                           std::span<const std::string> texts, EmbedAs purpose,
                                           std::stop_token stop, TooLong too_long);
[[nodiscard]] Result<Reranked> run_rerank(Pipeline& pipeline, std::string_view query,
                                          std::span<const std::string> passages,
                                          std::stop_token stop);
[[nodiscard]] Result<Generated> run_generate(Pipeline& pipeline, std::span<const Message> messages,
                                             const GenerateOptions& options,
                                             std::string_view grammar);

}  // namespace lectern
