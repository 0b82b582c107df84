// tasks/probabilities.hpp: logits to probabilities.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace lectern::tasks {

[[nodiscard]] inline float logistic(float logit) noexcept {
    return 1.0F / (1.0F + std::exp(-logit));
}

// They sum to 1.
[[nodiscard]] inline std::vector<float> softmax(std::span<const float> logits) {
    std::vector<float> out(logits.begin(), logits.end());
    const float largest = *std::max_element(out.begin(), out.end());
    float sum = 0;
    for (float& value : out) sum += value = std::exp(value - largest);
    for (float& value : out) value /= sum;
    return out;
}

}  // namespace lectern::tasks
