// tasks/cross_validation.hpp: how well a linear layer does on examples that it was not fitted to.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/tasks/logistic_regression.hpp"

namespace lectern::tasks {

struct ClassScore {
    std::size_t examples = 0;
    std::size_t right = 0;  // of them named so
    std::size_t named = 0;  // examples of any class that were named so
    [[nodiscard]] double recall() const noexcept;
    [[nodiscard]] double precision() const noexcept;
    [[nodiscard]] double f1() const noexcept;
};

struct Evaluation {
    std::size_t examples = 0;
    std::size_t right = 0;
    std::vector<ClassScore> classes;
    [[nodiscard]] double accuracy() const noexcept;
    [[nodiscard]] double macro_f1() const noexcept;  // the classes' mean
};

// Which of `folds` parts each example is in: every class is spread over all of them, in an order
// that `seed` shuffles. Equal on every machine.
[[nodiscard]] std::vector<std::size_t> assign_folds(const std::vector<std::size_t>& classes,
                                                    std::size_t folds, std::uint64_t seed);

// Each part is named by a layer that was fitted to the other ones.
[[nodiscard]] Evaluation cross_validate(const LabelledVectors& examples, std::size_t classes,
                                        std::size_t folds, std::uint64_t seed,
                                        const FitOptions& options,
                                        const std::function<void()>& check);

[[nodiscard]] Evaluation evaluate(const LinearLayer& layer, const LabelledVectors& examples);

}  // namespace lectern::tasks
