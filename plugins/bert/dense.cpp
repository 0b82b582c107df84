#include "dense.hpp"

#include <array>
#include <openvino/opsets/opset13.hpp>
#include <string_view>
#include <utility>

#include "json_fields.hpp"
#include "plugins/shared/read_file.hpp"
#include "weights.hpp"

namespace lectern::bert {
namespace {

namespace fs = std::filesystem;
namespace op = ov::opset13;
using Value = ov::Output<ov::Node>;

constexpr std::uint64_t max_dense_size = 1U << 20U;

struct KnownActivation {
    std::string_view name;  // of PyTorch's class
    DenseActivation activation;
};
constexpr std::array known_activations{
    KnownActivation{"Identity", DenseActivation::identity},
    KnownActivation{"Tanh", DenseActivation::tanh},
    KnownActivation{"ReLU", DenseActivation::relu},
    KnownActivation{"GELU", DenseActivation::gelu},
    KnownActivation{"Sigmoid", DenseActivation::sigmoid},
    KnownActivation{"SiLU", DenseActivation::silu},
};

// "torch.nn.modules.activation.Tanh"
DenseActivation activation(const JsonFields& fields) {
    const std::string full = fields.string("activation_function").value_or("torch.nn.Tanh");
    const std::string_view name = std::string_view(full).substr(full.rfind('.') + 1);
    if (full.starts_with("torch.nn."))
        for (const auto& [known, activation] : known_activations)
            if (name == known) return activation;
    std::string computed;
    for (const auto& known : known_activations)
        computed += (computed.empty() ? "" : ", ") + std::string(known.name);
    fail(LECTERN_UNSUPPORTED, fields.name() + ": 'activation_function' is '" + full +
                                  "'; this plugin computes PyTorch's " + computed);
}

Value activated(const Value& value, DenseActivation activation) {
    switch (activation) {
        case DenseActivation::identity: break;
        case DenseActivation::tanh: return std::make_shared<op::Tanh>(value);
        case DenseActivation::relu: return std::make_shared<op::Relu>(value);
        case DenseActivation::gelu:
            return std::make_shared<op::Gelu>(value, ov::op::GeluApproximationMode::ERF);
        case DenseActivation::sigmoid: return std::make_shared<op::Sigmoid>(value);
        case DenseActivation::silu: return std::make_shared<op::Swish>(value);
    }
    return value;
}

Value product(const Value& vectors, const Value& weight) {
    return std::make_shared<op::MatMul>(vectors, weight, false, true);
}

}  // namespace

DenseLayer read_dense(const fs::path& folder) {
    const fs::path file = folder / "config.json";
    const JsonFields fields(shared::read_text_file(file), file.string());
    for (const char* key : {"module_input_name", "module_output_name"})
        if (const std::string what = fields.string(key).value_or("sentence_embedding");
            what != "sentence_embedding")
            fail(LECTERN_UNSUPPORTED, file.string() + ": '" + key + "' is '" + what +
                                          "'; this plugin computes a Dense layer on "
                                          "'sentence_embedding' only");
    DenseLayer out;
    out.folder = folder;
    out.in = fields.positive("in_features", max_dense_size);
    out.out = fields.positive("out_features", max_dense_size);
    out.bias = fields.boolean("bias").value_or(true);
    out.residual = fields.boolean("use_residual").value_or(false);
    out.activation = activation(fields);
    return out;
}

Value dense(const Value& vectors, const DenseLayer& layer, std::vector<fs::path>& files) {
    const Weights weights = Weights::open_layer(layer.folder);
    files.insert(files.end(), weights.files().begin(), weights.files().end());
    Value out = product(vectors, weights.constant("linear.weight", {layer.out, layer.in}));
    if (layer.bias)
        out = std::make_shared<op::Add>(out, weights.constant("linear.bias", {layer.out}));
    out = activated(out, layer.activation);
    if (!layer.residual) return out;
    const Value kept =
        layer.in == layer.out
            ? vectors
            : product(vectors, weights.constant("residual.weight", {layer.out, layer.in}));
    return std::make_shared<op::Add>(out, kept);
}

std::string description(const DenseLayer& layer) {
    std::string out = "dense " + std::to_string(layer.in) + " " + std::to_string(layer.out);
    for (const auto& [name, activation] : known_activations)
        if (activation == layer.activation) out += " " + std::string(name);
    if (!layer.bias) out += " without bias";
    if (layer.residual) out += " and its input";
    return out;
}

}  // namespace lectern::bert
