#include "plugins/tasks/task_graph.hpp"

#include <cmath>
#include <filesystem>
#include <openvino/opsets/opset13.hpp>

#include "plugins/bert/bert_config.hpp"
#include "plugins/bert/bert_graph.hpp"
#include "plugins/bert/json_fields.hpp"
#include "plugins/bert/weights.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/shared/file_hash.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/tasks/foreign_graph.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;
namespace op = ov::opset13;
using shared::fail;
using Value = ov::Output<ov::Node>;

constexpr std::uint64_t most_labels = 1U << 20U;

// "id2label" of a config.json: {"0": "negative", "1": "positive"}.
std::vector<std::string> label_names(const bert::JsonFields& fields, std::uint32_t labels) {
    std::vector<std::string> out;
    const auto* const map = fields.object("id2label");
    for (std::uint32_t i = 0; i < labels; ++i) {
        const std::string id = std::to_string(i);
        const auto* const name = map == nullptr ? nullptr : map->if_contains(id);
        out.push_back(name != nullptr && name->is_string() ? std::string(name->get_string())
                                                           : "LABEL_" + id);
    }
    return out;
}

// The layers behind the encoder.
class Head {
 public:
    Head(const bert::Weights& weights, const bert::BertConfig& config, const std::string& folder)
        : weights_(weights), config_(config), folder_(folder) {}

    // Start and end; where the model was trained to say it, "the passage answers" as a third value,
    // which means something for the first token only.
    Value spans(const Value& hidden) const {
        const Value ends = linear("qa_outputs", hidden, 2);
        if (!weights_.contains("answerable.weight")) return ends;
        return std::make_shared<op::Concat>(ov::OutputVector{ends, linear("answerable", hidden, 1)},
                                            -1);
    }

    Value tokens(const Value& hidden) const {
        return linear("classifier", hidden, rows("classifier"));
    }

    Value sequence(const Value& hidden) const {
        const Value first =
            std::make_shared<op::Gather>(hidden, op::Constant::create(ov::element::i32, {}, {0}),
                                         op::Constant::create(ov::element::i32, {}, {1}));
        if (weights_.contains("classifier.out_proj.weight"))  // RoBERTa
            return linear("classifier.out_proj", tanh(linear("classifier.dense", first)),
                          rows("classifier.out_proj"));
        if (weights_.contains("pre_classifier.weight"))  // DistilBERT
            return linear("classifier", std::make_shared<op::Relu>(linear("pre_classifier", first)),
                          rows("classifier"));
        if (weights_.contains("classifier.weight") && weights_.contains("pooler.dense.weight"))
            return linear("classifier", tanh(linear("pooler.dense", first)), rows("classifier"));
        fail(LECTERN_UNSUPPORTED,
             folder_ +
                 " has no head that classifies sequences (pooler and classifier); name a "
                 "model that was trained for this task, or its .onnx file");
    }

 private:
    static Value tanh(const Value& value) { return std::make_shared<op::Tanh>(value); }

    [[nodiscard]] std::uint64_t rows(const std::string& name) const {
        const auto& shape = weights_.shape_of(name + ".weight");
        if (shape.size() != 2 || shape[0] == 0 || shape[0] > most_labels)
            fail(LECTERN_CORRUPT, folder_ + ": the tensor '" + name +
                                      ".weight' does not have the shape [labels, hidden size]");
        return shape[0];
    }
    [[nodiscard]] Value linear(const std::string& name, const Value& value,
                               std::uint64_t out = 0) const {
        const std::uint64_t size = out > 0 ? out : config_.hidden;
        if (!weights_.contains(name + ".weight"))
            fail(LECTERN_UNSUPPORTED, folder_ + " has no tensor '" + name +
                                          ".weight'; it was not trained for this task");
        const Value product = std::make_shared<op::MatMul>(
            value, weights_.constant(name + ".weight", {size, config_.hidden}), false, true);
        return std::make_shared<op::Add>(product, weights_.constant(name + ".bias", {size}));
    }

    const bert::Weights& weights_;
    const bert::BertConfig& config_;
    const std::string& folder_;
};

// The folder that `folder` was trained from, and the rest of its tensors are in; "": it has all.
fs::path base_of(const bert::JsonFields& fields, const fs::path& folder, const Places& places) {
    const auto* const reader = fields.object("reader");
    const auto* const base = reader == nullptr ? nullptr : reader->if_contains("base");
    if (base == nullptr || !base->is_string()) return {};
    fs::path beside = folder.lexically_normal();
    if (!beside.has_filename()) beside = beside.parent_path();  // "models/reader/"
    const fs::path name = std::string(base->get_string());
    fs::path path = beside.parent_path() / name;
    if (!fs::exists(path) && !places.models.empty()) path = places.models / name;
    const fs::path weights = path / "model.safetensors";
    if (!fs::exists(weights))
        fail(LECTERN_NOT_FOUND, folder.string() + " was trained from the model '" +
                                    std::string(base->get_string()) + "', and " + weights.string() +
                                    " does not exist; put that model there");
    const auto* const expected = reader->if_contains("base_xxh64");
    if (expected != nullptr && expected->is_string() &&
        shared::hexadecimal(shared::file_hash(weights, places.cache)) != expected->get_string())
        fail(LECTERN_CORRUPT, folder.string() + " was trained from another " + weights.string() +
                                  " than the one that is there; put the original there");
    return path;
}

Calibration calibration_of(const bert::JsonFields& fields) {
    Calibration out;
    const auto* const reader = fields.object("reader");
    const auto* const given = reader == nullptr ? nullptr : reader->if_contains("calibration");
    if (given == nullptr) return out;
    const auto* const values = given->if_object();
    if (values == nullptr) fields.wrong("reader", "has a 'calibration' that is not an object");
    for (const auto& [name, to] : {std::pair{"weight", &out.weight},
                                   {"span_weight", &out.span_weight},
                                   {"similarity_weight", &out.similarity_weight},
                                   {"overlap_weight", &out.overlap_weight},
                                   {"sentence_weight", &out.sentence_weight},
                                   {"missing_weight", &out.missing_weight},
                                   {"bias", &out.bias}}) {
        const auto* const value = values->if_contains(name);
        if (value == nullptr) continue;
        if (!value->is_number() || !std::isfinite(*to = value->to_number<double>()))
            fields.wrong("reader",
                         std::string("has a 'calibration' whose '") + name + "' is not a number");
    }
    return out;
}

TaskGraph from_safetensors(const bert::ModelFolder& folder, Task task, const Places& places) {
    const fs::path file = folder.folder / "config.json";
    const std::string text = shared::read_text_file(file);
    const bert::BertConfig config = bert::parse_bert_config(text, file.string());
    const bert::JsonFields fields(text, file.string());
    const fs::path base = base_of(fields, folder.folder, places);
    const bert::Weights weights = base.empty() ? bert::Weights::open(folder.folder)
                                               : bert::Weights::open_over(base, folder.folder);
    const bert::EncoderGraph encoder = bert::build_encoder(config, weights, config.token_types > 1);
    const std::string where = folder.folder.string();
    const Head head(weights, config, where);

    TaskGraph out;
    out.base = base;
    out.calibration = calibration_of(fields);
    out.per_token =
        task == Task::spans || task == Task::states ||
        (task == Task::either && text.find("ForTokenClassification") != std::string::npos);
    const Value logits = task == Task::spans    ? head.spans(encoder.hidden)
                         : task == Task::states ? encoder.hidden
                         : out.per_token        ? head.tokens(encoder.hidden)
                                                : head.sequence(encoder.hidden);
    ov::ParameterVector inputs{encoder.input_ids, encoder.attention_mask};
    out.mask = true;
    out.types = encoder.token_type_ids != nullptr;
    if (out.types) inputs.push_back(encoder.token_type_ids);
    out.model = std::make_shared<ov::Model>(ov::OutputVector{logits}, inputs, "task");
    out.vocabulary = config.vocabulary;
    out.max_tokens = config.max_tokens();
    return out;
}

}  // namespace

TaskGraph build_task_graph(ov::Core& core, const bert::ModelFolder& folder, Task task,
                           const Places& places) {
    TaskGraph out = folder.kind == bert::ModelKind::graph ? read_foreign_graph(core, folder, task)
                                                          : from_safetensors(folder, task, places);
    const ov::PartialShape shape = out.model->output().get_partial_shape();
    const std::int64_t rank = out.per_token ? 3 : 2;
    if (shape.rank().is_dynamic() || shape.rank().get_length() != rank ||
        shape[static_cast<std::size_t>(rank - 1)].is_dynamic())
        fail(LECTERN_UNSUPPORTED,
             folder.graph_file.string() + ": the number of its labels is not fixed in the file");
    out.labels = static_cast<std::uint32_t>(shape[static_cast<std::size_t>(rank - 1)].get_length());
    if (task == Task::spans && out.labels != 2 && out.labels != 3)
        fail(LECTERN_UNSUPPORTED,
             (folder.graph_file.empty() ? folder.folder : folder.graph_file).string() + " gives " +
                 std::to_string(out.labels) +
                 " values a token, and an answer has a start and an end");
    const fs::path config = folder.folder / "config.json";
    const std::string text = fs::exists(config) ? shared::read_text_file(config) : "{}";
    out.names = label_names(bert::JsonFields(text, config.string()), out.labels);
    return out;
}

}  // namespace lectern::tasks
