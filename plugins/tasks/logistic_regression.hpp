// tasks/logistic_regression.hpp: one linear layer over vectors that stay as they are.
//
// Multinomial logistic regression with an L2 penalty: the sum of the examples' cross-entropies plus
// |weights|^2 / (2 strength), biases free; convex, so there is one best. Found by L-BFGS (Liu and
// Nocedal, "On the limited memory BFGS method for large scale optimization", 1989) with
// backtracking. Equal data give equal weights.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace lectern::tasks {

// Vectors one behind the other, and the class of each.
struct LabelledVectors {
    std::size_t dimension = 0;
    std::vector<float> vectors;
    std::vector<std::size_t> classes;
    [[nodiscard]] std::size_t size() const noexcept { return classes.size(); }
    [[nodiscard]] std::span<const float> vector(std::size_t row) const {
        return {vectors.data() + row * dimension, dimension};
    }
};

struct LinearLayer {
    std::size_t dimension = 0;
    std::size_t classes = 0;
    std::vector<double> weights;  // of each class `dimension`, one behind the other
    std::vector<double> biases;

    [[nodiscard]] std::vector<double> probabilities(std::span<const float> vector) const;
};

struct FitOptions {
    double strength = 10;  // larger: closer to the examples; smaller: simpler
    unsigned iterations = 500;
    double tolerance = 1e-5;  // of the gradient, largest component by example
};

// `classes` is the number of classes; each example's is below it. `check` is called between
// iterations and may throw.
[[nodiscard]] LinearLayer fit(const LabelledVectors& examples, std::size_t classes,
                              const FitOptions& options, const std::function<void()>& check);

}  // namespace lectern::tasks
