// bert/small_encoder.hpp: the vectors of a few short texts, as a query is.
//
// OpenVINO is made for many tokens: of a query, most of the time goes by before and between its
// kernels, and before the first one it compiles. Here the weights are read where the file is
// mapped, so there is nothing to make, and one text has all threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/constant.hpp>
#include <optional>
#include <span>
#include <vector>

#include "bert_config.hpp"
#include "kernels.hpp"
#include "pooling.hpp"
#include "team.hpp"
#include "weights.hpp"

namespace lectern::bert {

// Behind the last layer.
struct TextVector {
    Poolings poolings;
    std::optional<std::uint64_t> first_dimensions;  // of the pooled vector
    bool normalise = true;
};

// Safe from any thread. In f32, whatever the precision of the graph.
class SmallEncoder {
 public:
    // Of one text. Beyond, a graph is faster.
    static constexpr std::size_t most_tokens = 64;

    // Throws Failure, as build_encoder() does.
    SmallEncoder(Team& team, const BertConfig& config, const Weights& weights, TextVector vector);

    [[nodiscard]] std::size_t dimension() const noexcept;
    // Texts of 1 to most_tokens ids of the vocabulary. Vectors that are not finite are for the
    // caller to see.
    void encode(Team& team, std::span<const std::span<const std::int32_t>> texts, float* out) const;

 private:
    using Constant = std::shared_ptr<ov::op::v0::Constant>;
    struct Dense {
        PackedWeights weights;
        Constant bias;
    };
    struct Norm {
        Constant scale;
        Constant bias;
    };
    struct Layer {
        Dense query, key, value, joined, inner, outer;
        Norm attended, finished;
    };
    class Pass;
    static void pack(Team::Session& team, const std::vector<Constant>& from,
                     const std::vector<Dense*>& to);

    BertConfig config_;
    TextVector vector_;
    Constant words_, positions_, types_;
    Norm embedded_;
    std::vector<Layer> layers_;
};

}  // namespace lectern::bert
