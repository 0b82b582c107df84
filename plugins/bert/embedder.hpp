// bert/embedder.hpp: the embedder of one model path and its options, without the plugin around it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>
#include <optional>
#include <span>
#include <string>

#include "lectern/plugin.hpp"
#include "model_graph.hpp"
#include "runner.hpp"
#include "small_encoder.hpp"
#include "team.hpp"
#include "text_encoder.hpp"

namespace lectern::bert {

// Nothing: what the model's files say, or what suits this machine.
struct EmbedderOptions {
    std::filesystem::path model;
    std::filesystem::path tokenizer;  // a folder; "": the model's own
    std::optional<Pooling> pooling;
    bool normalise = true;
    std::optional<std::uint32_t> max_tokens;
    std::optional<std::string> query_prefix;
    std::optional<std::string> passage_prefix;
    std::optional<Precision> precision;
    std::uint32_t batch_tokens = 2048;
    std::uint32_t threads = 1;
    std::uint32_t streams = 0;           // 0: chosen
    std::filesystem::path cache_folder;  // "": none
};

// Safe from any thread.
class Embedder {
 public:
    // Reads and builds the model. It is compiled with the first sequences, which is most of the
    // work: what looks for words alone does not pay for it. A graph that others have exported is
    // compiled at once, as only that shows whether it can be. Throws Failure.
    explicit Embedder(const EmbedderOptions& options);

    // The precision is the one that was asked for, or that suits this CPU.
    [[nodiscard]] const plugin::EmbedderInfo& info() const noexcept { return info_; }

    // As encode_texts(). Short queries need no compiled graph where the model has a SmallEncoder;
    // its vectors are those of f32, but for weights that are rounded to halves.
    void embed(Turn turn, std::span<const std::span<const std::int32_t>> sequences, float* out,
               const ItemError& item_error, const std::function<void()>& check) const;

 private:
    // Of the first caller; others wait.
    [[nodiscard]] Runner& compiled() const;
    [[nodiscard]] std::unique_ptr<Runner> compile() const;
    void try_out(Runner& runner) const;
    // False where the graph has to.
    [[nodiscard]] bool embed_small(std::span<const std::span<const std::int32_t>> sequences,
                                   float* out) const;
    // Null where there is none. Of the first caller; others wait.
    [[nodiscard]] const SmallEncoder* small() const;

    plugin::EmbedderInfo info_;
    EncoderLimits limits_;
    std::unique_ptr<ov::Core> core_;
    bool precision_chosen_ = false;  // by the CPU, and not by an option
    RunnerOptions running_;
    mutable std::mutex mutex_;                         // for the next one, while it compiles
    mutable std::shared_ptr<const ov::Model> source_;  // until it is compiled
    mutable std::unique_ptr<Runner> runner_;
    mutable std::atomic<Runner*> ready_ = nullptr;  // runner_, when it is whole

    mutable std::unique_ptr<Team> team_;  // null: the model or the precision has no SmallEncoder
    mutable std::once_flag small_once_;
    mutable std::function<std::unique_ptr<SmallEncoder>(Team&)> small_source_;  // until it is made
    mutable std::unique_ptr<SmallEncoder> small_;
};

}  // namespace lectern::bert
