#include "model_graph.hpp"

#include <algorithm>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/opsets/opset13.hpp>

#include "bert_config.hpp"
#include "bert_graph.hpp"
#include "dense.hpp"
#include "json_fields.hpp"
#include "plugins/shared/read_file.hpp"
#include "weights.hpp"

namespace lectern::bert {
namespace {

namespace fs = std::filesystem;
namespace op = ov::opset13;
using Value = ov::Output<ov::Node>;

std::uint64_t width(const Value& vectors, const std::string& name) {
    const ov::PartialShape shape = vectors.get_partial_shape();
    if (shape.rank().is_dynamic() || shape.size() == 0 || shape[shape.size() - 1].is_dynamic())
        fail(LECTERN_UNSUPPORTED, name + ": the dimension of its vectors is not fixed in the file");
    return static_cast<std::uint64_t>(shape[shape.size() - 1].get_length());
}

// What is asked for by the option, or else by the files, or else the mean.
Poolings chosen(std::optional<Pooling> asked, const SentenceSettings& settings) {
    if (asked) return {*asked};
    return settings.pooling.empty() ? Poolings{Pooling::mean} : settings.pooling;
}

// From the tokens' vectors to the text's, as the files of sentence-transformers say.
class TextVectors {
 public:
    TextVectors(const ModelFolder& folder, std::optional<Pooling> asked, bool normalise)
        : settings_(folder.settings),
          name_(folder.root.string()),
          asked_(asked),
          normalise_(normalise) {}

    Value from_tokens(const Value& hidden, const Value& mask, ModelGraph& out) const {
        const std::uint64_t dimension = width(hidden, name_);
        if (!asked_ && settings_.pooled_dimension.value_or(dimension) != dimension)
            fail(LECTERN_CORRUPT, name_ + ": the pooling's configuration is for vectors of " +
                                      std::to_string(*settings_.pooled_dimension) +
                                      " dimensions, the model's have " + std::to_string(dimension));
        const Poolings poolings = chosen(asked_, settings_);
        out.pooling = names(poolings);
        return finished(stepped(pooled(hidden, mask, poolings), out), out);
    }

    // The same, outside the graph; nothing where layers come behind the pooling.
    std::optional<TextVector> as_parts() const {
        const bool plain = std::all_of(
            settings_.steps.begin(), settings_.steps.end(),
            [](const SentenceStep& step) { return std::holds_alternative<NormaliseStep>(step); });
        if (!plain) return std::nullopt;
        return TextVector{chosen(asked_, settings_), settings_.first_dimensions, normalise_};
    }

    // Vectors that an exported model has pooled by itself. Exporters put the layers behind the
    // pooling into the graph too, which the dimension must show.
    Value from_texts(const Value& vectors, ModelGraph& out) const {
        const std::uint64_t dimension = width(vectors, name_);
        std::uint64_t last = 0;
        bool shown = true;
        for (const SentenceStep& step : settings_.steps)
            if (const auto* const layer = std::get_if<DenseLayer>(&step)) {
                shown = last > 0 ? shown : layer->in != layer->out;
                last = layer->out;
            }
        if (last > 0 && (!shown || dimension != last))
            fail(LECTERN_UNSUPPORTED,
                 name_ +
                     ": modules.json names a module 'Dense', and it cannot be seen whether the "
                     "output 'sentence_embedding' of the graph has gone through it; choose the "
                     "pooling with the option 'pooling', and it is computed here");
        out.pooling = "model";
        return finished(vectors, out);
    }

 private:
    Value stepped(Value vectors, ModelGraph& out) const {
        std::size_t count = settings_.steps.size();
        // Whether the vectors that come out have length 1 is the option's to say.
        while (count > 0 && std::holds_alternative<NormaliseStep>(settings_.steps[count - 1]))
            --count;
        for (std::size_t i = 0; i < count; ++i) {
            const auto* const layer = std::get_if<DenseLayer>(&settings_.steps[i]);
            if (layer == nullptr) {
                vectors = normalised(vectors);
                out.steps += "normalised\n";
                continue;
            }
            if (layer->in != width(vectors, name_))
                fail(LECTERN_CORRUPT, (layer->folder / "config.json").string() +
                                          ": 'in_features' is " + std::to_string(layer->in) +
                                          ", the vectors before it have " +
                                          std::to_string(width(vectors, name_)) + " dimensions");
            vectors = dense(vectors, *layer, out.files);
            out.steps += description(*layer) + "\n";
        }
        return vectors;
    }

    Value finished(Value vectors, ModelGraph& out) const {
        const std::uint64_t dimension = width(vectors, name_);
        if (const std::uint64_t first = settings_.first_dimensions.value_or(dimension);
            first < dimension) {
            const auto whole = [](std::int64_t value) {
                return op::Constant::create(ov::element::i64, {1}, {value});
            };
            vectors = std::make_shared<op::Slice>(
                vectors, whole(0), whole(static_cast<std::int64_t>(first)), whole(1), whole(1));
            out.steps += "first " + std::to_string(first) + "\n";
        }
        return normalise_ ? normalised(vectors) : vectors;
    }

    const SentenceSettings& settings_;
    std::string name_;
    std::optional<Pooling> asked_;
    bool normalise_;
};

ModelGraph from_safetensors(const ModelFolder& folder, const TextVectors& vectors) {
    const fs::path config_file = folder.folder / "config.json";
    const BertConfig config =
        parse_bert_config(shared::read_text_file(config_file), config_file.string());
    const Weights weights = Weights::open(folder.folder);
    const EncoderGraph encoder = build_encoder(config, weights, false);

    ModelGraph out;
    out.files = weights.files();
    out.files.push_back(config_file);
    out.vocabulary = config.vocabulary;
    out.max_tokens = config.max_tokens();
    out.model = std::make_shared<ov::Model>(
        ov::OutputVector{vectors.from_tokens(encoder.hidden, encoder.attention_mask, out)},
        ov::ParameterVector{encoder.input_ids, encoder.attention_mask}, "bert");
    if (const auto vector = vectors.as_parts())
        out.small = [config, weights, vector](Team& team) {
            return std::make_unique<SmallEncoder>(team, config, weights, *vector);
        };
    return out;
}

// A graph that someone else exported, given the inputs and the output that we want.
class ForeignGraph {
 public:
    ForeignGraph(std::shared_ptr<ov::Model> model, std::string file)
        : model_(std::move(model)), file_(std::move(file)) {}

    void adapt(std::optional<Pooling> asked, const TextVectors& wanted, ModelGraph& out) {
        const auto ids = parameter(input_ids_name);
        const auto mask = parameter(attention_mask_name);
        if (ids == nullptr || mask == nullptr)
            fail(LECTERN_UNSUPPORTED, file_ +
                                          " has no inputs 'input_ids' and 'attention_mask'; it "
                                          "has " +
                                          inputs());
        zero_token_types(ids);
        make_dynamic();
        const Value vectors = text_vectors(asked, wanted, mask, out);
        auto inputs_and_output = std::make_shared<ov::Model>(
            ov::OutputVector{vectors}, ov::ParameterVector{ids, mask}, "bert");
        ov::preprocess::PrePostProcessor types(inputs_and_output);
        types.input(0).tensor().set_element_type(ov::element::i32);
        types.input(1).tensor().set_element_type(ov::element::i32);
        types.output().tensor().set_element_type(ov::element::f32);
        out.model = types.build();
    }

 private:
    std::shared_ptr<op::Parameter> parameter(const std::string& name) const {
        for (const auto& parameter : model_->get_parameters())
            if (parameter->get_friendly_name() == name ||
                parameter->output(0).get_names().contains(name))
                return parameter;
        return nullptr;
    }

    std::string inputs() const {
        std::string out;
        for (const auto& parameter : model_->get_parameters())
            out += (out.empty() ? "'" : ", '") + parameter->get_friendly_name() + "'";
        return out;
    }

    // Every token has type 0.
    void zero_token_types(const std::shared_ptr<op::Parameter>& ids) {
        if (const auto types = parameter(token_type_ids_name)) {
            const Value zero = op::Constant::create(types->get_element_type(), {}, {0});
            const Value shape = std::make_shared<op::ShapeOf>(ids);
            types->output(0).replace(std::make_shared<op::Broadcast>(zero, shape));
            model_->remove_parameter(types);
        }
        if (model_->get_parameters().size() != 2)
            fail(LECTERN_UNSUPPORTED, file_ +
                                          " has inputs beside input_ids, attention_mask and "
                                          "token_type_ids: " +
                                          inputs());
    }

    void make_dynamic() {
        std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
        for (const auto& parameter : model_->get_parameters())
            shapes[parameter->output(0)] = ov::PartialShape{-1, -1};
        model_->reshape(shapes);
    }

    // The output of a name and rank, or an empty value.
    Value output(const std::string& name, std::int64_t rank) const {
        for (const auto& result : model_->get_results()) {
            const Value value = result->input_value(0);
            const bool named = result->output(0).get_names().contains(name) ||
                               value.get_names().contains(name) ||
                               result->get_friendly_name() == name;
            if (named && value.get_partial_shape().rank().compatible(rank)) return value;
        }
        return {};
    }

    Value hidden_state() const {
        for (const char* name : {"last_hidden_state", "token_embeddings"})
            if (const Value value = output(name, 3); value.get_node() != nullptr) return value;
        for (const auto& result : model_->get_results())
            if (result->input_value(0).get_partial_shape().rank().compatible(3))
                return result->input_value(0);
        return {};
    }

    Value text_vectors(std::optional<Pooling> asked, const TextVectors& wanted, const Value& mask,
                       ModelGraph& out) const {
        if (!asked)
            if (const Value ready = output("sentence_embedding", 2); ready.get_node() != nullptr)
                return wanted.from_texts(ready, out);
        const Value hidden = hidden_state();
        if (hidden.get_node() == nullptr)
            fail(LECTERN_UNSUPPORTED,
                 file_ +
                     " has no output 'last_hidden_state' or 'token_embeddings' [batch, tokens, "
                     "dimension], nor 'sentence_embedding' [batch, dimension]");
        return wanted.from_tokens(hidden, mask, out);
    }

    std::shared_ptr<ov::Model> model_;
    std::string file_;
};

// Limits from a config.json beside the graph, where there is one.
void read_limits(const fs::path& file, ModelGraph& out) {
    if (!fs::exists(file)) return;
    const JsonFields fields(shared::read_text_file(file), file.string());
    constexpr std::uint64_t limit = 1U << 24U;
    out.vocabulary = fields.natural("vocab_size", limit).value_or(0);
    out.max_tokens = fields.natural("max_position_embeddings", limit).value_or(0);
    if (fields.string("model_type").value_or("").find("roberta") != std::string::npos) {
        const std::uint64_t first = fields.natural("pad_token_id", limit).value_or(1) + 1;
        out.max_tokens -= std::min(out.max_tokens, first);
    }
}

ModelGraph from_graph(ov::Core& core, const ModelFolder& folder, std::optional<Pooling> asked,
                      const TextVectors& vectors) {
    const std::string file = folder.graph_file.string();
    if (!fs::exists(folder.graph_file)) fail(LECTERN_NOT_FOUND, file + " does not exist");
    ModelGraph out;
    out.files.push_back(folder.graph_file);
    const fs::path weights = fs::path(folder.graph_file).replace_extension(".bin");
    if (folder.graph_file.extension() == ".xml") {
        if (!fs::exists(weights)) fail(LECTERN_NOT_FOUND, weights.string() + " does not exist");
        out.files.push_back(weights);
    }
    try {
        ForeignGraph(core.read_model(file), file).adapt(asked, vectors, out);
    } catch (const ov::Exception& error) {
        fail(LECTERN_CORRUPT, file + " cannot be read by OpenVINO: " + error.what());
    }
    read_limits(folder.folder / "config.json", out);
    return out;
}

std::string computed() {
    std::string out;
    for (const Pooling pooling : all_poolings)
        out += (out.empty()                      ? ""
                : pooling == all_poolings.back() ? " and "
                                                 : ", ") +
               std::string(name(pooling));
    return out;
}

}  // namespace

ModelGraph build_model_graph(ov::Core& core, const ModelFolder& folder,
                             std::optional<Pooling> pooling, bool normalise) {
    const SentenceSettings& settings = folder.settings;
    if (!pooling && !settings.pooling_problem.empty())
        fail(LECTERN_UNSUPPORTED, settings.pooling_problem + "; this plugin computes " +
                                      computed() +
                                      ". One of them can be chosen with the option 'pooling'");
    const TextVectors vectors(folder, pooling, normalise);
    ModelGraph out = folder.kind == ModelKind::graph ? from_graph(core, folder, pooling, vectors)
                                                     : from_safetensors(folder, vectors);
    const ov::PartialShape shape = out.model->output().get_partial_shape();
    if (shape.rank().is_dynamic() || shape.size() != 2 || shape[1].is_dynamic())
        fail(LECTERN_UNSUPPORTED, folder.graph_file.string() +
                                      ": the dimension of its vectors is not fixed in the file");
    out.dimension = static_cast<std::uint32_t>(shape[1].get_length());
    return out;
}

}  // namespace lectern::bert
