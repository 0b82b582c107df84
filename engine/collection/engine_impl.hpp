// engine/collection/engine_impl.hpp: what is behind an Engine. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/pipeline/model_registry.hpp"
#include "lectern/engine.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct Engine::Impl {
    [[nodiscard]] static Result<std::shared_ptr<Impl>> make(EngineOptions options);
    // Checked, and with everything that was left out.
    explicit Impl(EngineOptions options)
        : log(std::move(options.log)),
          folders(std::move(options.folders)),
          threads(options.threads) {}

    // Looks at the plugins the first time. `of_pipeline`: the threads that its file wants; 0: none
    // are named.
    [[nodiscard]] Result<std::shared_ptr<ModelRegistry>> models(unsigned of_pipeline);

    [[nodiscard]] Status add_plugin(const ::lectern_plugin& entry);

    // What stands in lectern/patch.hpp. Here because an Engine may look into its collections.
    [[nodiscard]] static Result<bool> patch_metadata(Collection& collection,
                                                     std::string_view document,
                                                     std::string_view merge_patch);
    // And in lectern/grammar.hpp.
    [[nodiscard]] static Result<Generated> generate_within(const Collection& collection,
                                                           std::string_view grammar,
                                                           std::span<const Message> messages,
                                                           const GenerateOptions& options);

    const Log log;
    const Folders folders;
    const unsigned threads;  // wanted; 0: a pipeline decides

 private:
    std::mutex mutex_;
    std::shared_ptr<ModelRegistry> models_;         // made once; guarded by mutex_
    std::vector<const ::lectern_plugin*> entries_;  // until then; guarded by mutex_
};

}  // namespace lectern
