#include "bert_graph.hpp"

#include <openvino/opsets/opset13.hpp>
#include <string>

#include "layer_names.hpp"

namespace lectern::bert {
namespace {

namespace op = ov::opset13;
using Value = ov::Output<ov::Node>;

// Added to the scores of padding before the softmax; its exponential is 0 in every precision.
constexpr float masked = 30000.0F;

Value integers(const std::vector<std::int32_t>& values) {
    return op::Constant::create(ov::element::i32, {values.size()}, values);
}

Value integer(std::int32_t value) {
    return op::Constant::create(ov::element::i32, {}, {value});
}

class Builder {
 public:
    Builder(const BertConfig& config, const Weights& weights)
        : config_(config), weights_(weights), names_(names_of(config.naming)) {}

    EncoderGraph build(bool token_types) {
        EncoderGraph graph;
        graph.input_ids = input(input_ids_name);
        graph.attention_mask = input(attention_mask_name);
        if (token_types && config_.token_types > 0)
            graph.token_type_ids = input(token_type_ids_name);
        mask_ = added_mask(graph.attention_mask);
        Value hidden = embeddings(graph);
        for (std::uint64_t i = 0; i < config_.layers; ++i) hidden = layer(i, hidden);
        graph.hidden = hidden;
        return graph;
    }

 private:
    static std::shared_ptr<op::Parameter> input(const char* name) {
        auto parameter =
            std::make_shared<op::Parameter>(ov::element::i32, ov::PartialShape{-1, -1});
        parameter->set_friendly_name(name);
        parameter->output(0).set_names({name});
        return parameter;
    }

    // [batch, 1, 1, tokens]: 0 for a token, a large negative number for padding.
    static Value added_mask(const Value& attention_mask) {
        const Value ones = std::make_shared<op::Convert>(attention_mask, ov::element::f32);
        const Value minus_one = op::Constant::create(ov::element::f32, {}, {-1.0F});
        const Value large = op::Constant::create(ov::element::f32, {}, {masked});
        const Value shifted = std::make_shared<op::Add>(ones, minus_one);
        const Value scaled = std::make_shared<op::Multiply>(shifted, large);
        return std::make_shared<op::Unsqueeze>(scaled, integers({1, 2}));
    }

    Value table(const std::string& name, std::uint64_t rows) const {
        return weights_.constant("embeddings." + name + ".weight", {rows, config_.hidden});
    }

    Value embeddings(const EncoderGraph& graph) const {
        const Value words = std::make_shared<op::Gather>(
            table("word_embeddings", config_.vocabulary), graph.input_ids, integer(0));
        const Value shape = std::make_shared<op::ShapeOf>(graph.input_ids, ov::element::i32);
        const Value tokens = std::make_shared<op::Gather>(shape, integers({1}), integer(0));
        const auto first = static_cast<std::int32_t>(config_.first_position);
        const Value stop = std::make_shared<op::Add>(tokens, integers({first}));
        const Value positions =
            std::make_shared<op::Slice>(table("position_embeddings", config_.positions),
                                        integers({first}), stop, integers({1}), integers({0}));
        Value sum = std::make_shared<op::Add>(words, positions);
        if (config_.token_types > 0) {
            const Value types = table("token_type_embeddings", config_.token_types);
            const Value ids =
                graph.token_type_ids == nullptr ? integers({0}) : Value(graph.token_type_ids);
            sum = std::make_shared<op::Add>(sum,
                                            std::make_shared<op::Gather>(types, ids, integer(0)));
        }
        return normalised("embeddings.LayerNorm", sum);
    }

    Value normalised(const std::string& name, const Value& value) const {
        const Value centred = std::make_shared<op::MVN>(
            value, integers({-1}), true, static_cast<float>(config_.layer_norm_epsilon),
            ov::op::MVNEpsMode::INSIDE_SQRT);
        const Value scaled = std::make_shared<op::Multiply>(
            centred, weights_.constant(name + ".weight", {config_.hidden}));
        return std::make_shared<op::Add>(scaled,
                                         weights_.constant(name + ".bias", {config_.hidden}));
    }

    Value dense(const std::string& name, const Value& value, std::uint64_t in,
                std::uint64_t out) const {
        const Value product = std::make_shared<op::MatMul>(
            value, weights_.constant(name + ".weight", {out, in}), false, true);
        return std::make_shared<op::Add>(product, weights_.constant(name + ".bias", {out}));
    }

    // [batch, heads, tokens, hidden / heads]
    Value head_split(const std::string& name, const Value& hidden) const {
        const Value value = dense(name, hidden, config_.hidden, config_.hidden);
        const auto heads = static_cast<std::int32_t>(config_.heads);
        const auto size = static_cast<std::int32_t>(config_.hidden / config_.heads);
        const Value split =
            std::make_shared<op::Reshape>(value, integers({0, 0, heads, size}), true);
        return std::make_shared<op::Transpose>(split, integers({0, 2, 1, 3}));
    }

    Value attention(const std::string& layer, const Value& hidden) const {
        const Value query = head_split(layer + names_.query, hidden);
        const Value key = head_split(layer + names_.key, hidden);
        const Value value = head_split(layer + names_.value, hidden);
        // OpenVINO fuses this with the transposes around it into one kernel.
        const Value context =
            std::make_shared<op::ScaledDotProductAttention>(query, key, value, mask_, false);
        const Value joined = std::make_shared<op::Transpose>(context, integers({0, 2, 1, 3}));
        const Value flat = std::make_shared<op::Reshape>(
            joined, integers({0, 0, static_cast<std::int32_t>(config_.hidden)}), true);
        return dense(layer + names_.attention_output, flat, config_.hidden, config_.hidden);
    }

    Value activated(const Value& value) const {
        switch (config_.activation) {
            case Activation::gelu:
                return std::make_shared<op::Gelu>(value, ov::op::GeluApproximationMode::ERF);
            case Activation::gelu_tanh:
                return std::make_shared<op::Gelu>(value, ov::op::GeluApproximationMode::TANH);
            case Activation::relu: break;
        }
        return std::make_shared<op::Relu>(value);
    }

    Value layer(std::uint64_t index, const Value& hidden) const {
        const std::string prefix = names_.prefix(index);
        const Value attended =
            normalised(prefix + names_.attention_norm,
                       std::make_shared<op::Add>(attention(prefix, hidden), hidden));
        const Value inner = activated(
            dense(prefix + names_.intermediate, attended, config_.hidden, config_.intermediate));
        const Value outer =
            dense(prefix + names_.output, inner, config_.intermediate, config_.hidden);
        return normalised(prefix + names_.output_norm, std::make_shared<op::Add>(outer, attended));
    }

    const BertConfig& config_;
    const Weights& weights_;
    const LayerNames& names_;
    Value mask_;
};

}  // namespace

EncoderGraph build_encoder(const BertConfig& config, const Weights& weights, bool token_types) {
    return Builder(config, weights).build(token_types);
}

}  // namespace lectern::bert
