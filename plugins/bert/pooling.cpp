#include "pooling.hpp"

#include <memory>
#include <openvino/opsets/opset13.hpp>

namespace lectern::bert {
namespace {

namespace op = ov::opset13;
using Value = ov::Output<ov::Node>;

Value axis(std::int64_t value) {
    return op::Constant::create(ov::element::i64, {1}, {value});
}
Value scalar(float value) {
    return op::Constant::create(ov::element::f32, {}, {value});
}

Value mean(const Value& hidden, const Value& mask) {
    // [batch, 1, tokens] x [batch, tokens, dimension]
    const Value row = std::make_shared<op::Unsqueeze>(mask, axis(1));
    const Value sum =
        std::make_shared<op::Squeeze>(std::make_shared<op::MatMul>(row, hidden), axis(1));
    const Value count = std::make_shared<op::ReduceSum>(mask, axis(1), true);
    return std::make_shared<op::Divide>(sum, std::make_shared<op::Maximum>(count, scalar(1)));
}

Value largest(const Value& hidden, const Value& mask) {
    constexpr float below_all = 30000.0F;
    const Value shifted = std::make_shared<op::Add>(mask, scalar(-1));
    const Value column = std::make_shared<op::Unsqueeze>(
        std::make_shared<op::Multiply>(shifted, scalar(below_all)), axis(2));
    return std::make_shared<op::ReduceMax>(std::make_shared<op::Add>(hidden, column), axis(1),
                                           false);
}

}  // namespace

Value pooled(const Value& hidden, const Value& attention_mask, Pooling pooling) {
    if (pooling == Pooling::cls)
        return std::make_shared<op::Gather>(hidden, op::Constant::create(ov::element::i32, {}, {0}),
                                            op::Constant::create(ov::element::i32, {}, {1}));
    const Value mask = std::make_shared<op::Convert>(attention_mask, ov::element::f32);
    return pooling == Pooling::mean ? mean(hidden, mask) : largest(hidden, mask);
}

Value normalised(const Value& vectors) {
    return std::make_shared<op::NormalizeL2>(vectors, axis(1), 1e-12F, ov::op::EpsMode::MAX);
}

}  // namespace lectern::bert
