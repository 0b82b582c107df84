// engine/pipeline/model_registry.hpp: the models of one engine. One live pipeline for all
// collections that want the same one, and one live stage for all pipelines that want the same one,
// so that pipelines which differ elsewhere (in how they search, in what they answer with) have a
// model in memory once.
#pragma once

#include <memory>
#include <string>

#include "config/pipeline.hpp"
#include "engine/pipeline/embedding.hpp"
#include "engine/pipeline/weak_cache.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern {

class Pipeline;

// Everything in it is found by what makes it different (stage_key.hpp), and lives as long as
// somebody holds it; pipelines hold their registry. Any thread; of two that ask for the same thing
// at once, one makes it and the other waits.
class ModelRegistry : public std::enable_shared_from_this<ModelRegistry> {
 public:
    // `threads`: of one request and of one model.
    ModelRegistry(std::shared_ptr<host::PluginHost> host, unsigned threads)
        : host_(std::move(host)), threads_(threads) {}
    ModelRegistry(const ModelRegistry&) = delete;
    ModelRegistry& operator=(const ModelRegistry&) = delete;
    ~ModelRegistry() = default;

    [[nodiscard]] host::PluginHost& host() const noexcept { return *host_; }
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }

    // The one that is the same: of the same text and folder, and of files (what the options of its
    // stages name) that are as they were when it was opened. When there is none it is opened.
    [[nodiscard]] Result<std::shared_ptr<Pipeline>> pipeline(config::PipelineConfig config);

    struct NamedEmbedding {
        std::shared_ptr<const Embedding> embedding;
        std::string key;  // the same for the same one as long as it lives
    };
    [[nodiscard]] Result<NamedEmbedding> embedding(const config::PipelineConfig& pipeline,
                                                   const config::StageConfig& tokenizer,
                                                   const config::StageConfig& embedder);
    // A stage that stands beside this tokenizer and this embedder, whose services it may use: with
    // others it is another stage.
    [[nodiscard]] Result<std::shared_ptr<const host::Stage>> stage(
        const config::PipelineConfig& pipeline, const config::StageConfig& stage,
        const NamedEmbedding& beside);

 private:
    const std::shared_ptr<host::PluginHost> host_;
    const unsigned threads_;
    WeakCache<Pipeline> pipelines_;
    WeakCache<const Embedding> embeddings_;
    WeakCache<const host::Stage> stages_;
};

}  // namespace lectern
