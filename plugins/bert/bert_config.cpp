#include "bert_config.hpp"

#include "json_fields.hpp"

namespace lectern::bert {
namespace {

// Far above every encoder there is; keeps sizes from overflowing.
constexpr std::uint64_t max_size = 1U << 20U;
constexpr std::uint64_t max_vocabulary = 1U << 24U;
constexpr std::uint64_t max_layers = 1000;

Activation activation(const JsonFields& fields, const char* key) {
    const std::string name = fields.string(key).value_or("gelu");
    if (name == "gelu" || name == "gelu_python") return Activation::gelu;
    if (name == "gelu_new" || name == "gelu_fast" || name == "gelu_pytorch_tanh")
        return Activation::gelu_tanh;
    if (name == "relu") return Activation::relu;
    fail(LECTERN_UNSUPPORTED, fields.name() + ": '" + key + "' is '" + name +
                                  "'; this plugin computes gelu, gelu_new and relu");
}

void check_positions(const JsonFields& fields) {
    const std::string kind = fields.string("position_embedding_type").value_or("absolute");
    if (kind != "absolute")
        fail(LECTERN_UNSUPPORTED, fields.name() + ": 'position_embedding_type' is '" + kind +
                                      "'; this plugin computes absolute positions only. Export the "
                                      "model to ONNX and name the .onnx file");
}

BertConfig bert(const JsonFields& fields) {
    check_positions(fields);
    BertConfig out;
    out.activation = activation(fields, "hidden_act");
    out.hidden = fields.positive("hidden_size", max_size);
    out.layers = fields.positive("num_hidden_layers", max_layers);
    out.heads = fields.positive("num_attention_heads", max_size);
    out.intermediate = fields.positive("intermediate_size", max_size);
    out.vocabulary = fields.positive("vocab_size", max_vocabulary);
    out.positions = fields.positive("max_position_embeddings", max_size);
    out.token_types = fields.natural("type_vocab_size", max_size).value_or(2);
    out.layer_norm_epsilon = fields.number("layer_norm_eps").value_or(1e-12);
    return out;
}

BertConfig roberta(const JsonFields& fields) {
    BertConfig out = bert(fields);
    out.first_position = fields.natural("pad_token_id", max_size).value_or(1) + 1;
    return out;
}

BertConfig distilbert(const JsonFields& fields) {
    BertConfig out;
    out.naming = Naming::distilbert;
    out.activation = activation(fields, "activation");
    out.hidden = fields.positive("dim", max_size);
    out.layers = fields.positive("n_layers", max_layers);
    out.heads = fields.positive("n_heads", max_size);
    out.intermediate = fields.positive("hidden_dim", max_size);
    out.vocabulary = fields.positive("vocab_size", max_vocabulary);
    out.positions = fields.positive("max_position_embeddings", max_size);
    return out;
}

BertConfig by_type(const JsonFields& fields) {
    const std::string type = fields.string("model_type").value_or("");
    if (type == "bert") return bert(fields);
    if (type == "distilbert") return distilbert(fields);
    if (type == "roberta" || type == "xlm-roberta" || type == "camembert") return roberta(fields);
    fail(LECTERN_UNSUPPORTED,
         fields.name() + ": unsupported architecture: 'model_type' is '" + type +
             "'. From safetensors this plugin reads bert, distilbert, roberta, xlm-roberta and "
             "camembert; export other encoders to ONNX and name the .onnx file");
}

}  // namespace

BertConfig parse_bert_config(std::string_view text, const std::string& name) {
    const JsonFields fields(text, name);
    BertConfig out = by_type(fields);
    if (out.hidden % out.heads != 0)
        fail(LECTERN_INVALID_ARGUMENT, name + ": " + std::to_string(out.heads) +
                                           " attention heads do not divide the hidden size " +
                                           std::to_string(out.hidden));
    if (out.first_position >= out.positions)
        fail(LECTERN_INVALID_ARGUMENT, name + ": 'pad_token_id' leaves no position for a token");
    if (!(out.layer_norm_epsilon > 0 && out.layer_norm_epsilon < 1))
        fail(LECTERN_INVALID_ARGUMENT, name + ": 'layer_norm_eps' is not between 0 and 1");
    return out;
}

}  // namespace lectern::bert
