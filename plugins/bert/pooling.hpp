// bert/pooling.hpp: from the vectors of the tokens to one vector of the text, inside the graph.
//
// Reimers and Gurevych, "Sentence-BERT" (2019); the weighted mean and the last token are those of
// Muennighoff, "SGPT" (2022).
#pragma once

#include <array>
#include <openvino/core/node.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::bert {

// In the order in which sentence-transformers joins several that its old form switches on.
enum class Pooling { cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken };

constexpr std::array all_poolings{Pooling::cls,          Pooling::max,
                                  Pooling::mean,         Pooling::mean_sqrt_len_tokens,
                                  Pooling::weightedmean, Pooling::lasttoken};

[[nodiscard]] constexpr std::string_view name(Pooling pooling) noexcept {
    switch (pooling) {
        case Pooling::mean: return "mean";
        case Pooling::cls: return "cls";
        case Pooling::max: return "max";
        case Pooling::mean_sqrt_len_tokens: return "mean_sqrt_len_tokens";
        case Pooling::weightedmean: return "weightedmean";
        case Pooling::lasttoken: return "lasttoken";
    }
    return "";
}

[[nodiscard]] constexpr std::optional<Pooling> pooling_of(std::string_view text) noexcept {
    for (const Pooling pooling : all_poolings)
        if (text == name(pooling)) return pooling;
    return std::nullopt;
}

// Joined: one vector behind the other.
using Poolings = std::vector<Pooling>;

// "mean", "cls+mean".
[[nodiscard]] std::string names(const Poolings& poolings);

// hidden [batch, tokens, dimension] and a mask of 1 and 0 [batch, tokens] of any number type give
// f32 [batch, dimension]. The ones of a row stand before its zeros. Padding has no influence.
[[nodiscard]] ov::Output<ov::Node> pooled(const ov::Output<ov::Node>& hidden,
                                          const ov::Output<ov::Node>& attention_mask,
                                          Pooling pooling);
// [batch, dimension x poolings]; at least one.
[[nodiscard]] ov::Output<ov::Node> pooled(const ov::Output<ov::Node>& hidden,
                                          const ov::Output<ov::Node>& attention_mask,
                                          const Poolings& poolings);

// [batch, dimension]: every row divided by its Euclidean length.
[[nodiscard]] ov::Output<ov::Node> normalised(const ov::Output<ov::Node>& vectors);

}  // namespace lectern::bert
