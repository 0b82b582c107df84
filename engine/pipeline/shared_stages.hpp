// engine/pipeline/shared_stages.hpp: one live stage for all pipelines that want the same one, so
// that pipelines which differ elsewhere (in how they search, in what they answer with) have a model
// in memory once.
#pragma once

#include <memory>

#include "config/pipeline.hpp"
#include "engine/pipeline/embedding.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern {

// Both are found by what makes them different (stage_key.hpp), live as long as somebody holds them,
// and hold their host. Any thread.

[[nodiscard]] Result<std::shared_ptr<const Embedding>> shared_embedding(
    const config::PipelineConfig& pipeline, const config::StageConfig& tokenizer,
    const config::StageConfig& embedder, const std::shared_ptr<host::PluginHost>& host);

// One that stands beside this tokenizer and this embedder, whose services it may use: with others
// it is another stage.
[[nodiscard]] Result<std::shared_ptr<const host::Stage>> shared_stage(
    const config::PipelineConfig& pipeline, const config::StageConfig& stage,
    const std::shared_ptr<const Embedding>& embedding,
    const std::shared_ptr<host::PluginHost>& host);

}  // namespace lectern
