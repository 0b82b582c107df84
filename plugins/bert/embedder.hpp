// bert/embedder.hpp: the embedder of one model path and its options, without the plugin around it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <openvino/runtime/core.hpp>
#include <optional>
#include <span>
#include <string>

#include "lectern/plugin.hpp"
#include "model_graph.hpp"
#include "runner.hpp"
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
    // Reads, builds and compiles the model. Throws Failure.
    explicit Embedder(const EmbedderOptions& options);

    [[nodiscard]] const plugin::EmbedderInfo& info() const noexcept { return info_; }

    // As encode_texts().
    void embed(Turn turn, std::span<const std::span<const std::int32_t>> sequences, float* out,
               const ItemError& item_error, const std::function<void()>& check) const;

 private:
    void compile(const ModelGraph& graph, const EmbedderOptions& options);

    plugin::EmbedderInfo info_;
    EncoderLimits limits_;
    std::unique_ptr<ov::Core> core_;
    std::unique_ptr<Runner> runner_;
};

}  // namespace lectern::bert
