#include "plugins/tasks/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace lectern::tasks {
namespace {

using Point = std::vector<double>;

double inner(const Point& a, const Point& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// The last steps, from which L-BFGS knows the curvature.
class Curvature {
 public:
    void add(Point step, Point change) {
        const double curvature = inner(step, change);
        if (!(curvature > 1e-12 * inner(change, change))) return;
        if (pairs_.size() == most) pairs_.pop_front();
        pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
    }

    // Minus the inverse curvature times the gradient.
    [[nodiscard]] Point direction(const Point& gradient) const {
        Point out = gradient;
        Point alpha(pairs_.size());
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            alpha[i] = pairs_[i].rho * inner(pairs_[i].step, out);
            add_scaled(out, pairs_[i].change, -alpha[i]);
        }
        if (!pairs_.empty()) {
            const Pair& last = pairs_.back();
            const double scale = 1 / (last.rho * inner(last.change, last.change));
            for (double& value : out) value *= scale;
        }
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            add_scaled(out, pairs_[i].step,
                       alpha[i] - pairs_[i].rho * inner(pairs_[i].change, out));
        for (double& value : out) value = -value;
        return out;
    }

    static void add_scaled(Point& to, const Point& from, double scale) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] += scale * from[i];
    }

 private:
    static constexpr std::size_t most = 10;
    struct Pair {
        Point step;
        Point change;
        double rho;
    };
    std::deque<Pair> pairs_;
};

double largest(const Point& values) {
    double out = 0;
    for (const double value : values) out = std::max(out, std::abs(value));
    return out;
}

}  // namespace

void minimise(const Differentiable& function, std::vector<double>& point,
              const DescentOptions& options, const std::function<void()>& check) {
    Point gradient;
    double value = function(point, gradient);
    Curvature curvature;
    for (unsigned i = 0; i < options.iterations && largest(gradient) > options.enough; ++i) {
        check();
        const Point direction = curvature.direction(gradient);
        const double slope = inner(direction, gradient);
        // Without a memory the gradient's length says nothing about how far to go.
        double length = i == 0 ? 1 / std::max(1.0, std::sqrt(inner(gradient, gradient))) : 1.0;
        Point next;
        Point next_gradient;
        bool better = false;
        for (int tries = 0; tries < 40 && !better; ++tries, length /= 2) {
            next = point;
            Curvature::add_scaled(next, direction, length);
            const double next_value = function(next, next_gradient);
            better = next_value <= value + 1e-4 * length * slope;
            if (better) value = next_value;
        }
        if (!better) break;  // as good as floating-point numbers make it
        Point step = next;
        Curvature::add_scaled(step, point, -1);
        Point change = next_gradient;
        Curvature::add_scaled(change, gradient, -1);
        curvature.add(std::move(step), std::move(change));
        point = std::move(next);
        gradient = std::move(next_gradient);
    }
}

}  // namespace lectern::tasks
