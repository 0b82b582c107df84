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

Value converted(const Value& value, ov::element::Type type) {
    return std::make_shared<op::Convert>(value, type);
}

// The sum of the tokens' vectors, each times its weight: [batch, 1, tokens] x [batch, tokens,
// dimension].
Value sum(const Value& hidden, const Value& weights) {
    const Value row = std::make_shared<op::Unsqueeze>(weights, axis(1));
    return std::make_shared<op::Squeeze>(std::make_shared<op::MatMul>(row, hidden), axis(1));
}

// [batch, 1], at least 1.
Value total(const Value& weights) {
    const Value all = std::make_shared<op::ReduceSum>(weights, axis(1), true);
    return std::make_shared<op::Maximum>(all, scalar(1));
}

Value mean(const Value& hidden, const Value& weights) {
    return std::make_shared<op::Divide>(sum(hidden, weights), total(weights));
}

Value mean_of_root(const Value& hidden, const Value& mask) {
    return std::make_shared<op::Divide>(sum(hidden, mask), std::make_shared<op::Sqrt>(total(mask)));
}

// 1 for the first token, 2 for the second. Whole numbers: bf16 counts to 256 only.
Value places(const Value& whole_mask) {
    const Value along = op::Constant::create(ov::element::i32, {}, {1});
    return std::make_shared<op::CumSum>(whole_mask, along);
}

Value weights_by_place(const Value& whole_mask) {
    return converted(std::make_shared<op::Multiply>(places(whole_mask), whole_mask),
                     ov::element::f32);
}

// 1 for the last token, 0 for the others and for padding.
Value last_only(const Value& whole_mask) {
    const Value count = std::make_shared<op::ReduceSum>(whole_mask, axis(1), true);
    const Value from_last = std::make_shared<op::Equal>(places(whole_mask), count);
    return converted(
        std::make_shared<op::Multiply>(converted(from_last, ov::element::i32), whole_mask),
        ov::element::f32);
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

std::string names(const Poolings& poolings) {
    std::string out;
    for (const Pooling pooling : poolings)
        out += (out.empty() ? "" : "+") + std::string(name(pooling));
    return out;
}

Value pooled(const Value& hidden, const Value& attention_mask, Pooling pooling) {
    const auto mask = [&] { return converted(attention_mask, ov::element::f32); };
    const auto whole_mask = [&] { return converted(attention_mask, ov::element::i32); };
    switch (pooling) {
        case Pooling::cls: break;
        case Pooling::max: return largest(hidden, mask());
        case Pooling::mean: return mean(hidden, mask());
        case Pooling::mean_sqrt_len_tokens: return mean_of_root(hidden, mask());
        case Pooling::weightedmean: return mean(hidden, weights_by_place(whole_mask()));
        case Pooling::lasttoken: return sum(hidden, last_only(whole_mask()));
    }
    return std::make_shared<op::Gather>(hidden, op::Constant::create(ov::element::i32, {}, {0}),
                                        op::Constant::create(ov::element::i32, {}, {1}));
}

Value pooled(const Value& hidden, const Value& attention_mask, const Poolings& poolings) {
    ov::OutputVector parts;
    for (const Pooling pooling : poolings) parts.push_back(pooled(hidden, attention_mask, pooling));
    if (parts.size() == 1) return parts.front();
    return std::make_shared<op::Concat>(parts, 1);
}

Value normalised(const Value& vectors) {
    return std::make_shared<op::NormalizeL2>(vectors, axis(1), 1e-12F, ov::op::EpsMode::MAX);
}

}  // namespace lectern::bert
