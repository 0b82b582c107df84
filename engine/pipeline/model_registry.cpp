#include "engine/pipeline/model_registry.hpp"

#include <string>
#include <utility>

#include "engine/pipeline/pipeline.hpp"
#include "engine/pipeline/stage_key.hpp"

namespace lectern {
namespace {

Result<host::Stage> make(const config::PipelineConfig& pipeline, const config::StageConfig& stage,
                         const lectern_pipeline* services, host::PluginHost& host) {
    return host.create(
        {.plugin = stage.plugin,
         .type = stage.stage,
         .name = stage.name,
         .options = stage.options,
         .base_folder = pipeline.base_folder,
         .pipeline = services,
         .place = [&stage](std::string_view option) { return stage.option_place(option).text(); }});
}

std::string key_of(const config::PipelineConfig& config, const host::PluginHost& host) {
    std::string key = config.base_folder.string() + '\n' + config.text;
    for (const config::StageConfig& stage : config.stages)
        key += "\n\n" + stage_key(config, stage, host);
    return key;
}

}  // namespace

Result<std::shared_ptr<Pipeline>> ModelRegistry::pipeline(config::PipelineConfig config) {
    const std::string key = key_of(config, *host_);
    return pipelines_.get(key, [&]() -> Result<std::shared_ptr<Pipeline>> {
        LECTERN_ASSIGN(auto opened, Pipeline::open(std::move(config), shared_from_this()));
        return std::shared_ptr<Pipeline>(std::move(opened));
    });
}

Result<ModelRegistry::NamedEmbedding> ModelRegistry::embedding(
    const config::PipelineConfig& pipeline, const config::StageConfig& tokenizer,
    const config::StageConfig& embedder) {
    const auto maker = [&](const config::StageConfig& stage) {
        return [&](const lectern_pipeline* services) {
            return make(pipeline, stage, services, *host_);
        };
    };
    NamedEmbedding out;
    out.key =
        stage_key(pipeline, tokenizer, *host_) + "\n\n" + stage_key(pipeline, embedder, *host_);
    LECTERN_ASSIGN(
        out.embedding, embeddings_.get(out.key, [&]() -> Result<std::shared_ptr<const Embedding>> {
            // In this order: the stages end before their host.
            struct Held {
                std::shared_ptr<host::PluginHost> host;
                std::unique_ptr<const Embedding> embedding;
            };
            const auto held = std::make_shared<Held>(Held{host_, nullptr});
            LECTERN_ASSIGN(held->embedding, Embedding::open(maker(tokenizer), maker(embedder)));
            return std::shared_ptr<const Embedding>(held, held->embedding.get());
        }));
    return out;
}

Result<std::shared_ptr<const host::Stage>> ModelRegistry::stage(
    const config::PipelineConfig& pipeline, const config::StageConfig& stage,
    const NamedEmbedding& beside) {
    // A stage holds the embedding that it stands beside, so the key names one that lives.
    const std::string key = beside.key + "\n\n" + stage_key(pipeline, stage, *host_);
    return stages_.get(key, [&]() -> Result<std::shared_ptr<const host::Stage>> {
        struct Held {
            std::shared_ptr<host::PluginHost> host;
            std::shared_ptr<const Embedding> embedding;  // its services outlive the stage
            host::Stage stage;
        };
        LECTERN_ASSIGN(host::Stage made, make(pipeline, stage, beside.embedding->face(), *host_));
        const auto held = std::make_shared<Held>(Held{host_, beside.embedding, std::move(made)});
        return std::shared_ptr<const host::Stage>(held, &held->stage);
    });
}

}  // namespace lectern
