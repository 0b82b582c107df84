#include "plugins/tasks/task_model.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "plugins/bert/text_encoder.hpp"
#include "plugins/shared/failure.hpp"

namespace lectern::tasks {
namespace {

using bert::Precision;
using shared::fail;

constexpr std::uint32_t usual_max_tokens = 512;

std::uint32_t longest(const TaskGraph& graph, const std::optional<std::uint32_t>& asked,
                      const bert::StatedLength& stated) {
    const auto limit =
        static_cast<std::uint32_t>(graph.exact_tokens > 0 ? graph.exact_tokens : graph.max_tokens);
    if (asked && limit > 0 && *asked > limit)
        fail(LECTERN_INVALID_ARGUMENT, "the option 'max_tokens' is " + std::to_string(*asked) +
                                           "; the model has positions for " +
                                           std::to_string(limit));
    if (asked) return *asked;
    const std::uint32_t most = limit > 0 ? std::min(limit, usual_max_tokens) : usual_max_tokens;
    if (stated.source == bert::LengthSource::none) return most;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(stated.tokens, most));
}

}  // namespace

struct TaskModel::Batch {
    std::vector<std::size_t> items;
    std::size_t longest = 0;
};

TaskModel::TaskModel(const TaskOptions& options, Task task)
    : core_(std::make_unique<ov::Core>()),
      batch_tokens_(options.batch_tokens),
      padding_(options.padding) {
    const bert::ModelFolder folder = bert::find_model(options.model);
    graph_ = build_task_graph(*core_, folder, task, {options.models, options.cache});
    tokenizer_ = folder.tokenizer.empty() ? graph_.base : folder.tokenizer;
    max_tokens_ = longest(graph_, options.max_tokens, bert::stated_length(folder.folder));
    compile(options);
}

void TaskModel::compile(const TaskOptions& options) {
    const auto make = [&](Precision precision) {
        runner_ = std::make_unique<bert::Runner>(
            *core_, graph_.model, bert::RunnerOptions{precision, options.threads, options.streams});
    };
    if (options.precision) return make(*options.precision);
    // bf16 is half the time where the CPU has it; 8 bits move the logits of a small head too far.
    if (!bert::has_bf16(*core_)) return make(Precision::f32);
    try {  // what the CPU promises is tried before it is relied on
        make(Precision::bf16);
        const Sequence probe{
            std::vector<std::int32_t>(std::max<std::uint64_t>(graph_.exact_tokens, 2), padding_),
            {}};
        bool finite = true;
        run(
            {&probe, 1},
            [&](std::size_t, std::span<const float> logits) {
                finite = std::all_of(logits.begin(), logits.end(),
                                     [](float x) { return std::isfinite(x); });
            },
            [] {});
        if (finite) return;
    } catch (const plugin::Failure&) {  // as when it gives no finite numbers
    }
    make(Precision::f32);
}

void TaskModel::check_ids(const Sequence& sequence) const {
    if (sequence.ids.empty()) fail(LECTERN_INVALID_ARGUMENT, "the text has no tokens");
    if (sequence.ids.size() > max_tokens_)
        fail(LECTERN_INVALID_ARGUMENT, "the text has " + std::to_string(sequence.ids.size()) +
                                           " tokens, the model takes " +
                                           std::to_string(max_tokens_));
    for (const std::int32_t id : sequence.ids)
        if (id < 0 ||
            (graph_.vocabulary > 0 && static_cast<std::uint64_t>(id) >= graph_.vocabulary))
            fail(LECTERN_INVALID_ARGUMENT, "the token id " + std::to_string(id) +
                                               " is not in the model's vocabulary of " +
                                               std::to_string(graph_.vocabulary) +
                                               "; the tokenizer belongs to another model");
}

std::vector<TaskModel::Batch> TaskModel::batches(std::span<const Sequence> sequences) const {
    std::vector<std::size_t> lengths;
    for (const Sequence& sequence : sequences) {
        check_ids(sequence);
        lengths.push_back(graph_.exact_tokens > 0 ? graph_.exact_tokens : sequence.ids.size());
    }
    std::vector<Batch> out;
    if (graph_.one_by_one) {
        for (std::size_t i = 0; i < lengths.size(); ++i) out.push_back({{i}, lengths[i]});
        return out;
    }
    if (graph_.mask) {
        for (bert::Batch& batch :
             bert::batches_of(lengths, bert::share_of(lengths, runner_->streams(), batch_tokens_)))
            out.push_back({std::move(batch.items), batch.longest});
        return out;
    }
    // A network without a mask reads padding as if it were text: only equal lengths go together.
    std::map<std::size_t, std::vector<std::size_t>> equal;
    for (std::size_t i = 0; i < lengths.size(); ++i) equal[lengths[i]].push_back(i);
    for (const auto& [length, items] : equal) {
        const std::size_t most = std::max<std::size_t>(batch_tokens_ / length, 1);
        for (std::size_t at = 0; at < items.size(); at += most) {
            const auto begin = items.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end = begin + static_cast<std::ptrdiff_t>(std::min(most, items.size() - at));
            out.push_back({{begin, end}, length});
        }
    }
    return out;
}

void TaskModel::fill(ov::InferRequest& request, std::span<const Sequence> sequences,
                     const Batch& batch) const {
    const ov::Shape shape{batch.items.size(), batch.longest};
    std::size_t input = 0;
    const auto rows = [&](auto&& value) {
        ov::Tensor tensor = request.get_input_tensor(input++);
        tensor.set_shape(shape);
        auto* out = tensor.data<std::int32_t>();
        for (const std::size_t item : batch.items)
            for (std::size_t i = 0; i < batch.longest; ++i) *out++ = value(sequences[item], i);
    };
    rows([this](const Sequence& s, std::size_t i) {
        return i < s.ids.size() ? s.ids[i] : padding_;
    });
    if (graph_.mask)
        rows([](const Sequence& s, std::size_t i) { return i < s.ids.size() ? 1 : 0; });
    if (graph_.types)
        rows([](const Sequence& s, std::size_t i) { return i < s.types.size() ? s.types[i] : 0; });
}

void TaskModel::give(ov::InferRequest& request, std::span<const Sequence> sequences,
                     const Batch& batch, const TakeLogits& take) const {
    const ov::Tensor tensor = request.get_output_tensor();
    const auto* logits = tensor.data<float>();
    const std::size_t row = tensor.get_size() / batch.items.size();
    for (const std::size_t item : batch.items) {
        const std::size_t used =
            graph_.per_token ? sequences[item].ids.size() * graph_.labels : graph_.labels;
        if (used > row)
            fail(LECTERN_UNSUPPORTED, "the model gives fewer values than it was given tokens");
        take(item, {logits, used});
        logits += row;
    }
}

void TaskModel::run(std::span<const Sequence> sequences, const TakeLogits& take,
                    const std::function<void()>& check) const {
    struct Running {
        bert::Runner::Lease lease;
        Batch batch;
    };
    std::deque<Running> running;  // oldest first
    const auto finish_oldest = [&] {
        Running oldest = std::move(running.front());
        running.pop_front();
        oldest.lease.request().wait();
        give(oldest.lease.request(), sequences, oldest.batch, take);
    };
    const auto free_lease = [&] {
        if (auto free = runner_->try_lease()) return std::move(*free);
        if (!running.empty()) finish_oldest();  // others use the rest: go on with one of our own
        return runner_->lease();
    };
    try {
        for (Batch& batch : batches(sequences)) {
            check();
            running.push_back({free_lease(), std::move(batch)});
            fill(running.back().lease.request(), sequences, running.back().batch);
            running.back().lease.request().start_async();
        }
        while (!running.empty()) finish_oldest();
    } catch (const ov::Exception& error) {
        fail(LECTERN_INTERNAL, std::string("OpenVINO: ") + error.what());
    }
}

}  // namespace lectern::tasks
