// static/distill.hpp: an encoder to vectors of its tokens: S. Tulkens and T. van Dongen,
// "Model2Vec: fast state-of-the-art static embeddings" (2024).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/static/token_vectors.hpp"

namespace lectern::static_vectors {

struct DistillOptions {
    std::uint32_t dimension = 256;  // at most; the encoder's when that is less
    // Weight of a token: a / (a + its probability) (S. Arora, Y. Liang and T. Ma, "A simple but
    // tough-to-beat baseline for sentence embeddings", ICLR 2017).
    double a = 1e-4;
    double hold = 1e-3;  // FitOptions::hold
};

struct DistillReport {
    std::size_t tokens = 0;
    double kept = 0;  // share of the spread that the axes keep
    std::size_t texts = 0;
    double cosine_before = 0;
    double cosine_after = 0;
};

using Progress = std::function<void(double fraction, std::string_view step)>;

// One pass of the pipeline's embedder over its vocabulary: each token alone between the special
// ones. Then principal components, and weights by how frequent tokens are: in `texts`, where there
// are some, else by their places in the vocabulary (frequency.hpp). With texts the vectors are
// fitted to the embedder's vectors of these.
[[nodiscard]] TokenVectors distill(const plugin::Call& call, const plugin::Pipeline& pipeline,
                                   const std::vector<std::string>& texts,
                                   const DistillOptions& options, const Progress& progress,
                                   DistillReport& report);

}  // namespace lectern::static_vectors
