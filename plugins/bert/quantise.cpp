#include "quantise.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/core/graph_util.hpp>
#include <openvino/opsets/opset13.hpp>
#include <openvino/runtime/tensor.hpp>

namespace lectern::bert {
namespace {

namespace op = ov::opset13;

// The weight as a constant of f32 [rows, columns], or null.
std::shared_ptr<op::Constant> matrix(const std::shared_ptr<ov::Node>& node) {
    auto constant = ov::as_type_ptr<op::Constant>(node);
    const bool fits = constant != nullptr && constant->get_element_type() == ov::element::f32 &&
                      constant->get_shape().size() == 2 && constant->get_shape()[0] > 1 &&
                      constant->get_shape()[1] > 1;
    return fits ? constant : nullptr;
}

// A weight W as f32(integers) * scales, with one row an output whatever way W lay.
std::shared_ptr<ov::Node> quantised(const op::Constant& weight, bool outputs_are_rows) {
    const ov::Shape shape = weight.get_shape();
    const std::size_t outputs = shape[outputs_are_rows ? 0 : 1];
    const std::size_t inputs = shape[outputs_are_rows ? 1 : 0];
    const auto* const data = weight.get_data_ptr<float>();
    const std::size_t output_step = outputs_are_rows ? inputs : 1;
    const std::size_t input_step = outputs_are_rows ? 1 : outputs;

    ov::Tensor integers(ov::element::i8, {outputs, inputs});
    ov::Tensor scales(ov::element::f32, {outputs, 1});
    auto* const integer = integers.data<std::int8_t>();
    auto* const scale = scales.data<float>();
    for (std::size_t row = 0; row < outputs; ++row) {
        const float* const values = data + row * output_step;
        float largest = 0;
        for (std::size_t i = 0; i < inputs; ++i)
            largest = std::max(largest, std::abs(values[i * input_step]));
        const float step = largest > 0 ? largest / 127 : 1;
        for (std::size_t i = 0; i < inputs; ++i)
            integer[row * inputs + i] =
                static_cast<std::int8_t>(std::lround(values[i * input_step] / step));
        scale[row] = step;
    }
    const auto wide =
        std::make_shared<op::Convert>(std::make_shared<op::Constant>(integers), ov::element::f32);
    return std::make_shared<op::Multiply>(wide, std::make_shared<op::Constant>(scales));
}

}  // namespace

std::size_t quantise_weights(ov::Model& model) {
    std::size_t replaced = 0;
    for (const auto& node : model.get_ordered_ops()) {
        const auto product = ov::as_type_ptr<op::MatMul>(node);
        if (product == nullptr || product->get_transpose_a()) continue;
        const auto weight = matrix(product->get_input_node_shared_ptr(1));
        if (weight == nullptr) continue;
        const auto smaller = std::make_shared<op::MatMul>(
            product->input_value(0), quantised(*weight, product->get_transpose_b()), false, true);
        smaller->set_friendly_name(product->get_friendly_name());
        ov::replace_node(product, smaller);
        ++replaced;
    }
    return replaced;
}

}  // namespace lectern::bert
