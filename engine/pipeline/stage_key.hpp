// engine/pipeline/stage_key.hpp: what makes one stage different from another.
#pragma once

#include <string>

#include "config/pipeline.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern {

// Equal for stages of this host that do the same: of the same plugin and stage type, name, options
// (defaults filled in) and folder for relative paths, and of files (what the options name) that are
// as they were.
[[nodiscard]] std::string stage_key(const config::PipelineConfig& pipeline,
                                    const config::StageConfig& stage, const host::PluginHost& host);

}  // namespace lectern
