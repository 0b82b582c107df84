// static/fit.hpp: token vectors fitted to what an encoder makes of whole texts.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/static/token_vectors.hpp"

namespace lectern::static_vectors {

struct FitOptions {
    // How hard the vectors are held where they were: as hard as this much of a text that were all
    // one token. Larger than 0.
    double hold = 1e-3;
    int iterations = 20;
    // The part that is done, 0 to 1; false: stop, and leave the vectors as they were.
    std::function<bool(double fraction)> progress{};
};

struct FitReport {
    double before = 0;  // mean cosine of the texts' sums with their targets
    double after = 0;
};

// Least squares: the mean of a text's token vectors near its target (of length 1, one row a text),
// and each vector near the one it was, by conjugate gradients (M. Hestenes and E. Stiefel 1952).
// Texts without tokens are passed over.
FitReport fit(TokenVectors& vectors, const std::vector<std::vector<std::int32_t>>& texts,
              std::span<const float> targets, const FitOptions& options);

}  // namespace lectern::static_vectors
