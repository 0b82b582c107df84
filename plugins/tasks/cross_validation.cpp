#include "plugins/tasks/cross_validation.hpp"

#include <algorithm>
#include <numeric>
#include <random>

namespace lectern::tasks {
namespace {

double share(std::size_t part, std::size_t all) noexcept {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

void count(Evaluation& to, std::size_t is, std::size_t named) {
    ++to.examples;
    ++to.classes[is].examples;
    ++to.classes[named].named;
    if (is != named) return;
    ++to.right;
    ++to.classes[is].right;
}

std::size_t best(const LinearLayer& layer, std::span<const float> vector) {
    const std::vector<double> shares = layer.probabilities(vector);
    return static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) -
                                    shares.begin());
}

}  // namespace

double ClassScore::recall() const noexcept {
    return share(right, examples);
}
double ClassScore::precision() const noexcept {
    return share(right, named);
}
double ClassScore::f1() const noexcept {
    return share(2 * right, examples + named);
}
double Evaluation::accuracy() const noexcept {
    return share(right, examples);
}
double Evaluation::macro_f1() const noexcept {
    double sum = 0;
    for (const ClassScore& one : classes) sum += one.f1();
    return classes.empty() ? 0 : sum / static_cast<double>(classes.size());
}

std::vector<std::size_t> assign_folds(const std::vector<std::size_t>& classes, std::size_t folds,
                                      std::uint64_t seed) {
    std::vector<std::size_t> order(classes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Fisher and Yates; std::shuffle gives other orders with other libraries.
    std::mt19937_64 random(seed);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return classes[a] < classes[b]; });
    std::vector<std::size_t> out(classes.size());
    for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = i % folds;
    return out;
}

Evaluation cross_validate(const LabelledVectors& examples, std::size_t classes, std::size_t folds,
                          std::uint64_t seed, const FitOptions& options,
                          const std::function<void()>& check) {
    const std::vector<std::size_t> fold_of = assign_folds(examples.classes, folds, seed);
    Evaluation out;
    out.classes.resize(classes);
    for (std::size_t fold = 0; fold < folds; ++fold) {
        LabelledVectors others;
        others.dimension = examples.dimension;
        for (std::size_t i = 0; i < examples.size(); ++i) {
            if (fold_of[i] == fold) continue;
            const auto vector = examples.vector(i);
            others.vectors.insert(others.vectors.end(), vector.begin(), vector.end());
            others.classes.push_back(examples.classes[i]);
        }
        const LinearLayer layer = fit(others, classes, options, check);
        for (std::size_t i = 0; i < examples.size(); ++i)
            if (fold_of[i] == fold)
                count(out, examples.classes[i], best(layer, examples.vector(i)));
    }
    return out;
}

Evaluation evaluate(const LinearLayer& layer, const LabelledVectors& examples) {
    Evaluation out;
    out.classes.resize(layer.classes);
    for (std::size_t i = 0; i < examples.size(); ++i)
        count(out, examples.classes[i], best(layer, examples.vector(i)));
    return out;
}

}  // namespace lectern::tasks
