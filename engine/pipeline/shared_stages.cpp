#include "engine/pipeline/shared_stages.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "engine/pipeline/living.hpp"
#include "engine/pipeline/stage_key.hpp"

namespace lectern {
namespace {

Result<host::Stage> make(const config::PipelineConfig& pipeline, const config::StageConfig& wanted,
                         const lectern_pipeline* services, host::PluginHost& host) {
    return host.create({.plugin = wanted.plugin,
                        .type = wanted.stage,
                        .name = wanted.name,
                        .options = wanted.options,
                        .base_folder = pipeline.base_folder,
                        .pipeline = services,
                        .place = [&wanted](std::string_view option) {
                            return wanted.option_place(option).text();
                        }});
}

}  // namespace

Result<std::shared_ptr<const Embedding>> shared_embedding(
    const config::PipelineConfig& pipeline, const config::StageConfig& tokenizer,
    const config::StageConfig& embedder, const std::shared_ptr<host::PluginHost>& host) {
    static Living<const Embedding> living;
    const auto maker = [&](const config::StageConfig& stage) {
        return [&](const lectern_pipeline* services) {
            return make(pipeline, stage, services, *host);
        };
    };
    const std::string key =
        stage_key(pipeline, tokenizer, *host) + "\n\n" + stage_key(pipeline, embedder, *host);
    return living.get(key, [&]() -> Result<std::shared_ptr<const Embedding>> {
        // In this order: the stages end before their host.
        struct Held {
            std::shared_ptr<host::PluginHost> host;
            std::unique_ptr<const Embedding> embedding;
        };
        const auto held = std::make_shared<Held>(Held{host, nullptr});
        LECTERN_ASSIGN(held->embedding, Embedding::open(maker(tokenizer), maker(embedder)));
        return std::shared_ptr<const Embedding>(held, held->embedding.get());
    });
}

Result<std::shared_ptr<const host::Stage>> shared_stage(
    const config::PipelineConfig& pipeline, const config::StageConfig& stage,
    const std::shared_ptr<const Embedding>& embedding,
    const std::shared_ptr<host::PluginHost>& host) {
    static Living<const host::Stage> living;
    const std::string key = std::to_string(reinterpret_cast<std::uintptr_t>(embedding.get())) +
                            '\n' + stage_key(pipeline, stage, *host);
    return living.get(key, [&]() -> Result<std::shared_ptr<const host::Stage>> {
        struct Held {
            std::shared_ptr<host::PluginHost> host;
            std::shared_ptr<const Embedding> embedding;  // its services outlive the stage
            host::Stage stage;
        };
        LECTERN_ASSIGN(host::Stage made, make(pipeline, stage, embedding->face(), *host));
        const auto held = std::make_shared<Held>(Held{host, embedding, std::move(made)});
        return std::shared_ptr<const host::Stage>(held, &held->stage);
    });
}

}  // namespace lectern
