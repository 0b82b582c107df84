// tasks/lbfgs.hpp: the least of a smooth function, by L-BFGS (Liu and Nocedal, "On the limited
// memory BFGS method for large scale optimization", 1989) with backtracking. Equal functions give
// equal results.
#pragma once

#include <functional>
#include <vector>

namespace lectern::tasks {

// The value at `point`, and its gradient there, of the same size.
using Differentiable =
    std::function<double(const std::vector<double>& point, std::vector<double>& gradient)>;

struct DescentOptions {
    unsigned iterations = 500;
    double enough = 0;  // the gradient's largest component at which it is done
};

// From `point` on, which becomes the best that was found. `check` is called between iterations and
// may throw.
void minimise(const Differentiable& function, std::vector<double>& point,
              const DescentOptions& options, const std::function<void()>& check);

}  // namespace lectern::tasks
