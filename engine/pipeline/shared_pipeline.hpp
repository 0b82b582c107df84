// engine/pipeline/shared_pipeline.hpp: one live pipeline for all collections that want the same
// one. Pipelines that are not the same share the stages that are (shared_stages.hpp), so that ten
// collections of one model have it in memory once.
#pragma once

#include <memory>

#include "engine/pipeline/pipeline.hpp"

namespace lectern {

// The pipeline of this process that is the same: of this host, of the same text and folder, and of
// files (what the options of its stages name) that are as they were when it was opened. When there
// is none it is opened. It lives as long as somebody holds it, and holds its host.
// Any thread; of two that ask for the same one at once, one opens it and the other waits.
[[nodiscard]] Result<std::shared_ptr<Pipeline>> shared_pipeline(
    config::PipelineConfig config, const std::shared_ptr<host::PluginHost>& host);

}  // namespace lectern
