#include "plugins/tasks/logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace lectern::tasks {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

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

// The last steps, from which L-BFGS knows the curvature.
class Memory {
 public:
    void add(Vector step, Vector change) {
        const double curvature = dot(step, change);
        if (!(curvature > 1e-12 * dot(change, change))) return;
        if (pairs_.size() == most) pairs_.pop_front();
        pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
    }

    // Minus the inverse curvature times the gradient.
    [[nodiscard]] Vector direction(const Vector& gradient) const {
        Vector out = gradient;
        Vector alpha(pairs_.size());
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            alpha[i] = pairs_[i].rho * dot(pairs_[i].step, out);
            add_scaled(out, pairs_[i].change, -alpha[i]);
        }
        if (!pairs_.empty()) {
            const Pair& last = pairs_.back();
            const double scale = 1 / (last.rho * dot(last.change, last.change));
            for (double& value : out) value *= scale;
        }
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            add_scaled(out, pairs_[i].step, alpha[i] - pairs_[i].rho * dot(pairs_[i].change, out));
        for (double& value : out) value = -value;
        return out;
    }

    static void add_scaled(Vector& to, const Vector& from, double scale) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] += scale * from[i];
    }

 private:
    static constexpr std::size_t most = 10;
    struct Pair {
        Vector step;
        Vector change;
        double rho;
    };
    std::deque<Pair> pairs_;
};

double largest(const Vector& values) {
    double out = 0;
    for (const double value : values) out = std::max(out, std::abs(value));
    return out;
}

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
    Vector gradient;
    double loss = objective(point, gradient);
    const double enough =
        options.tolerance * static_cast<double>(std::max<std::size_t>(examples.size(), 1));
    Memory memory;
    for (unsigned i = 0; i < options.iterations && largest(gradient) > enough; ++i) {
        check();
        const Vector direction = memory.direction(gradient);
        const double slope = dot(direction, gradient);
        // Without a memory the gradient's length says nothing about how far to go.
        double length = i == 0 ? 1 / std::max(1.0, std::sqrt(dot(gradient, gradient))) : 1.0;
        Vector next;
        Vector next_gradient;
        bool better = false;
        for (int tries = 0; tries < 40 && !better; ++tries, length /= 2) {
            next = point;
            Memory::add_scaled(next, direction, length);
            const double next_loss = objective(next, next_gradient);
            better = next_loss <= loss + 1e-4 * length * slope;
            if (better) loss = next_loss;
        }
        if (!better) break;  // as good as floating-point numbers make it
        Vector step = next;
        Memory::add_scaled(step, point, -1);
        Vector change = next_gradient;
        Memory::add_scaled(change, gradient, -1);
        memory.add(std::move(step), std::move(change));
        point = std::move(next);
        gradient = std::move(next_gradient);
    }
    const auto split = point.begin() + static_cast<std::ptrdiff_t>(classes * examples.dimension);
    return {examples.dimension, classes, {point.begin(), split}, {split, point.end()}};
}

}  // namespace lectern::tasks
