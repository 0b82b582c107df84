// bert/pooling.hpp: from the vectors of the tokens to one vector of the text, inside the graph.
//
// Reimers and Gurevych, "Sentence-BERT" (2019).
#pragma once

#include <openvino/core/node.hpp>
#include <string_view>

namespace lectern::bert {

enum class Pooling { mean, cls, max };

[[nodiscard]] constexpr std::string_view name(Pooling pooling) noexcept {
    switch (pooling) {
        case Pooling::mean: return "mean";
        case Pooling::cls: return "cls";
        case Pooling::max: return "max";
    }
    return "";
}

// hidden [batch, tokens, dimension] and a mask of 1 and 0 [batch, tokens] of any number type give
// f32 [batch, dimension]. Padding has no influence.
[[nodiscard]] ov::Output<ov::Node> pooled(const ov::Output<ov::Node>& hidden,
                                          const ov::Output<ov::Node>& attention_mask,
                                          Pooling pooling);

// [batch, dimension]: every row divided by its Euclidean length.
[[nodiscard]] ov::Output<ov::Node> normalised(const ov::Output<ov::Node>& vectors);

}  // namespace lectern::bert
