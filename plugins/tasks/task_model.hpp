// tasks/task_model.hpp: the model of one task, compiled, and run over any mix of lengths.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <openvino/runtime/core.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/bert/runner.hpp"
#include "plugins/tasks/task_graph.hpp"

namespace lectern::tasks {

struct TaskOptions {
    std::filesystem::path model;
    std::optional<std::uint32_t> max_tokens;  // nothing: what the model has positions for
    std::optional<bert::Precision> precision;
    std::filesystem::path models = {};  // where a model's base is looked for, or ""
    std::filesystem::path cache = {};   // for hashes of large files, or ""
    std::uint32_t batch_tokens = 2048;
    std::uint32_t threads = 1;
    std::uint32_t streams = 0;  // 0: chosen
    std::int32_t padding = 0;   // the id that fills up a sequence of a fixed length
};

struct Sequence {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> types;  // as many; empty: all 0
};

// The logits of sequence `item`: labels() values, or labels() for each of its tokens.
using TakeLogits = std::function<void(std::size_t item, std::span<const float> logits)>;

// Safe from any thread.
class TaskModel {
 public:
    // Reads, builds and compiles. Throws Failure.
    TaskModel(const TaskOptions& options, Task task);

    [[nodiscard]] std::uint32_t labels() const noexcept { return graph_.labels; }
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return graph_.names; }
    [[nodiscard]] const Calibration& calibration() const noexcept { return graph_.calibration; }
    [[nodiscard]] bool per_token() const noexcept { return graph_.per_token; }
    [[nodiscard]] std::uint64_t vocabulary() const noexcept { return graph_.vocabulary; }
    [[nodiscard]] std::uint32_t max_tokens() const noexcept { return max_tokens_; }
    [[nodiscard]] const std::filesystem::path& tokenizer() const noexcept { return tokenizer_; }

    // In batches; logits come in any order, each item's once. `check` is called between batches and
    // may throw. Throws Failure (LECTERN_INVALID_ARGUMENT) for a sequence that is empty, too long
    // or has an id that the model does not know.
    void run(std::span<const Sequence> sequences, const TakeLogits& take,
             const std::function<void()>& check) const;

 private:
    struct Batch;
    void compile(const TaskOptions& options);
    [[nodiscard]] std::vector<Batch> batches(std::span<const Sequence> sequences) const;
    void fill(ov::InferRequest& request, std::span<const Sequence> sequences,
              const Batch& batch) const;
    void give(ov::InferRequest& request, std::span<const Sequence> sequences, const Batch& batch,
              const TakeLogits& take) const;
    void check_ids(const Sequence& sequence) const;

    std::unique_ptr<ov::Core> core_;
    TaskGraph graph_;
    std::filesystem::path tokenizer_;  // folder beside the model, or ""
    std::uint32_t max_tokens_ = 0;
    std::uint32_t batch_tokens_ = 0;
    std::int32_t padding_ = 0;
    std::unique_ptr<bert::Runner> runner_;
};

}  // namespace lectern::tasks
