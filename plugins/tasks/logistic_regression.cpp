#include "plugins/tasks/logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plugins/tasks/lbfgs.hpp"

namespace lectern::tasks {
namespace {

using Vector = std::vector<double>;

// Logits to probabilities in place; gives the logarithm of the sum of their exponentials.
double normalise(Vector& logits) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (double& value : logits) sum += value = std::exp(value - largest);
    for (double& value : logits) value /= sum;
    return largest + std::log(sum);
}

// The loss and its gradient at `point`: weights of all classes, then their biases.
class Objective {
 public:
    Objective(const LabelledVectors& examples, std::size_t classes, double strength)
        : examples_(examples), classes_(classes), penalty_(1 / strength) {}

    [[nodiscard]] std::size_t size() const { return classes_ * (examples_.dimension + 1); }

    double operator()(const Vector& point, Vector& gradient) const {
        const std::size_t dimension = examples_.dimension;
        const std::size_t biases = classes_ * dimension;
        gradient.assign(size(), 0);
        double loss = 0;
        Vector shares(classes_);
        for (std::size_t row = 0; row < examples_.size(); ++row) {
            const auto x = examples_.vector(row);
            for (std::size_t k = 0; k < classes_; ++k)
                shares[k] = std::inner_product(x.begin(), x.end(), &point[k * dimension],
                                               point[biases + k]);
            const double right = shares[examples_.classes[row]];
            loss += normalise(shares) - right;
            shares[examples_.classes[row]] -= 1;
            for (std::size_t k = 0; k < classes_; ++k) {
                double* const to = &gradient[k * dimension];
                for (std::size_t i = 0; i < dimension; ++i) to[i] += shares[k] * double{x[i]};
                gradient[biases + k] += shares[k];
            }
        }
        for (std::size_t i = 0; i < biases; ++i) {
            loss += penalty_ / 2 * point[i] * point[i];
            gradient[i] += penalty_ * point[i];
        }
        return loss;
    }

 private:
    const LabelledVectors& examples_;
    std::size_t classes_;
    double penalty_;
};

}  // namespace

std::vector<double> LinearLayer::probabilities(std::span<const float> vector) const {
    Vector out(classes);
    for (std::size_t k = 0; k < classes; ++k)
        out[k] =
            std::inner_product(vector.begin(), vector.end(), &weights[k * dimension], biases[k]);
    normalise(out);
    return out;
}

LinearLayer fit(const LabelledVectors& examples, std::size_t classes, const FitOptions& options,
                const std::function<void()>& check) {
    const Objective objective(examples, classes, options.strength);
    Vector point(objective.size());
    minimise([&](const Vector& at, Vector& gradient) { return objective(at, gradient); }, point,
             {options.iterations,
              options.tolerance * static_cast<double>(std::max<std::size_t>(examples.size(), 1))},
             check);
    const auto split = point.begin() + static_cast<std::ptrdiff_t>(classes * examples.dimension);
    return {examples.dimension, classes, {point.begin(), split}, {split, point.end()}};
}

}  // namespace lectern::tasks
