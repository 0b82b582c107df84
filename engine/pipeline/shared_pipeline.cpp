#include "engine/pipeline/shared_pipeline.hpp"

#include <string>
#include <utility>

#include "engine/pipeline/living.hpp"
#include "engine/pipeline/stage_key.hpp"

namespace lectern {
namespace {

std::string key_of(const config::PipelineConfig& config, const host::PluginHost& host) {
    std::string key = config.base_folder.string() + '\n' + config.text;
    for (const config::StageConfig& stage : config.stages)
        key += "\n\n" + stage_key(config, stage, host);
    return key;
}

}  // namespace

Result<std::shared_ptr<Pipeline>> shared_pipeline(config::PipelineConfig config,
                                                  const std::shared_ptr<host::PluginHost>& host) {
    static Living<Pipeline> living;
    const std::string key = key_of(config, *host);
    return living.get(key, [&]() -> Result<std::shared_ptr<Pipeline>> {
        LECTERN_ASSIGN(auto opened, Pipeline::open(std::move(config), host));
        return std::shared_ptr<Pipeline>(std::move(opened));
    });
}

}  // namespace lectern
