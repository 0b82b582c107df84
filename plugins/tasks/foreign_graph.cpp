#include "plugins/tasks/foreign_graph.hpp"

#include <filesystem>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/opsets/opset13.hpp>

#include "plugins/bert/bert_graph.hpp"
#include "plugins/bert/json_fields.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;
namespace op = ov::opset13;
using shared::fail;
using Value = ov::Output<ov::Node>;

class Reading {
 public:
    Reading(std::shared_ptr<ov::Model> model, std::string file)
        : model_(std::move(model)), file_(std::move(file)) {}

    TaskGraph read(Task task) {
        TaskGraph out;
        ov::ParameterVector inputs{ids()};
        const auto mask = parameter(bert::attention_mask_name);
        const auto types = parameter(bert::token_type_ids_name);
        for (const auto& input : {mask, types})
            if (input != nullptr && input != inputs.front()) inputs.push_back(input);
        if (inputs.size() != model_->get_parameters().size())
            fail(LECTERN_UNSUPPORTED,
                 file_ + " has inputs beside input_ids, attention_mask and token_type_ids: " +
                     input_names());
        out.mask = mask != nullptr;
        out.types = types != nullptr;
        read_sizes(inputs.front(), out);
        const Value logits = task == Task::spans ? span_logits() : class_logits(task);
        out.per_token = logits.get_partial_shape().rank().get_length() == 3;
        auto whole = std::make_shared<ov::Model>(ov::OutputVector{logits}, inputs, "task");
        ov::preprocess::PrePostProcessor types_of(whole);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            types_of.input(i).tensor().set_element_type(ov::element::i32);
        types_of.output().tensor().set_element_type(ov::element::f32);
        out.model = types_of.build();
        return out;
    }

 private:
    using Parameter = std::shared_ptr<op::Parameter>;

    [[nodiscard]] Parameter parameter(const std::string& name) const {
        for (const Parameter& input : model_->get_parameters())
            if (input->get_friendly_name() == name || input->output(0).get_names().contains(name))
                return input;
        return nullptr;
    }
    [[nodiscard]] Parameter ids() const {
        if (Parameter named = parameter(bert::input_ids_name)) return named;
        if (model_->get_parameters().size() == 1) return model_->get_parameters().front();
        fail(LECTERN_UNSUPPORTED, file_ + " has no input 'input_ids'; it has " + input_names());
    }
    [[nodiscard]] std::string input_names() const {
        std::string out;
        for (const Parameter& input : model_->get_parameters())
            out += (out.empty() ? "'" : ", '") + input->get_friendly_name() + "'";
        return out;
    }

    // Recurrent networks are often exported for one sequence at a time, their first state being a
    // constant of that size, and others for one length: sizes stay as the file fixes them.
    void read_sizes(const Parameter& ids, TaskGraph& out) const {
        const ov::PartialShape shape = ids->get_partial_shape();
        if (shape.rank().is_dynamic()) return;
        if (shape.rank().get_length() != 2)
            fail(LECTERN_UNSUPPORTED, file_ + ": its first input is not [batch, tokens]");
        if (shape[0].is_static()) {
            if (shape[0].get_length() != 1)
                fail(LECTERN_UNSUPPORTED,
                     file_ + " computes exactly " + std::to_string(shape[0].get_length()) +
                         " sequences at once; export it for any number, or for one");
            out.one_by_one = true;
        }
        if (shape[1].is_static())
            out.exact_tokens = static_cast<std::uint64_t>(shape[1].get_length());
    }

    [[nodiscard]] Value output(const std::string& name) const {
        for (const auto& result : model_->get_results()) {
            const Value value = result->input_value(0);
            if (result->output(0).get_names().contains(name) || value.get_names().contains(name) ||
                result->get_friendly_name() == name)
                return value;
        }
        return {};
    }
    static std::int64_t rank_of(const Value& value) {
        const ov::Rank rank = value.get_partial_shape().rank();
        return rank.is_static() ? rank.get_length() : 0;
    }

    [[nodiscard]] Value span_logits() const {
        const Value begin = output("start_logits");
        const Value end = output("end_logits");
        if (begin.get_node() != nullptr && end.get_node() != nullptr) {
            const auto last = op::Constant::create(ov::element::i32, {1}, {-1});
            return std::make_shared<op::Concat>(
                ov::OutputVector{std::make_shared<op::Unsqueeze>(begin, last),
                                 std::make_shared<op::Unsqueeze>(end, last)},
                -1);
        }
        const Value both = output("logits");
        if (both.get_node() != nullptr && rank_of(both) == 3) return both;
        fail(LECTERN_UNSUPPORTED, file_ +
                                      " has no outputs 'start_logits' and 'end_logits' [batch, "
                                      "tokens]; it does not answer questions");
    }

    [[nodiscard]] Value class_logits(Task task) const {
        const auto fits = [task](const Value& value) {
            const std::int64_t rank = rank_of(value);
            return rank == 2 || (rank == 3 && task == Task::either);
        };
        if (const Value named = output("logits"); named.get_node() != nullptr && fits(named))
            return named;
        for (const auto& result : model_->get_results())
            if (fits(result->input_value(0))) return result->input_value(0);
        fail(LECTERN_UNSUPPORTED, file_ + " has no output [batch, labels]" +
                                      (task == Task::either ? " or [batch, tokens, labels]" : "") +
                                      "; it is no classifier of this kind");
    }

    std::shared_ptr<ov::Model> model_;
    std::string file_;
};

}  // namespace

TaskGraph read_foreign_graph(ov::Core& core, const bert::ModelFolder& folder, Task task) {
    const std::string file = folder.graph_file.string();
    TaskGraph out;
    try {
        out = Reading(core.read_model(file), file).read(task);
    } catch (const ov::Exception& error) {
        fail(LECTERN_CORRUPT, file + " cannot be read by OpenVINO: " + error.what());
    }
    const fs::path config = folder.folder / "config.json";
    if (!fs::exists(config)) return out;
    const bert::JsonFields fields(shared::read_text_file(config), config.string());
    constexpr std::uint64_t limit = 1U << 24U;
    out.vocabulary = fields.natural("vocab_size", limit).value_or(0);
    out.max_tokens = fields.natural("max_position_embeddings", limit).value_or(0);
    return out;
}

}  // namespace lectern::tasks
