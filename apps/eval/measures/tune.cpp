#include "apps/eval/measures/tune.hpp"

#include <cassert>
#include <numeric>
#include <random>
#include <string>
#include <utility>

namespace lectern::evaluation {
namespace {

// Means that differ by less are equal: sums of the same numbers in another order.
constexpr double rounding = 1e-12;

// The fold of each query: dealt after shuffling, so that folds differ by one query at most.
std::vector<std::size_t> deal(std::size_t queries, std::size_t folds, std::uint64_t seed) {
    std::vector<std::size_t> out(queries);
    for (std::size_t i = 0; i < queries; ++i) out[i] = i % folds;
    std::mt19937_64 random(seed);
    // The standard's shuffle differs between libraries.
    for (std::size_t i = queries; i > 1; --i) std::swap(out[i - 1], out[random() % i]);
    return out;
}

std::size_t highest(std::span<const double> sums) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < sums.size(); ++i)
        if (sums[i] > sums[best] + rounding) best = i;
    return best;
}

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Result<Tuned> tune(std::span<const std::vector<double>> values, std::size_t use,
                   const TuneOptions& options) {
    assert(use < values.size() && options.folds >= 2);
    const std::size_t queries = values[use].size();
    const std::size_t needed = options.folds * options.fewest_in_a_fold;
    if (queries < needed)
        return Status{Code::invalid_argument,
                      "tuning with " + std::to_string(options.folds) + " folds needs at least " +
                          std::to_string(needed) + " queries with judgements, and there are " +
                          std::to_string(queries) + "; fifty or more give a figure to rely on"};
    Tuned out;
    for (const std::vector<double>& one : values) {
        assert(one.size() == queries);
        out.means.push_back(mean(one));
    }
    out.best = highest(out.means);

    const std::vector<std::size_t> fold_of = deal(queries, options.folds, options.bootstrap.seed);
    std::vector<double> held_out(queries);
    for (std::size_t fold = 0; fold < options.folds; ++fold) {
        std::vector<double> others(values.size(), 0.0);
        for (std::size_t i = 0; i < values.size(); ++i)
            for (std::size_t q = 0; q < queries; ++q)
                if (fold_of[q] != fold) others[i] += values[i][q];
        const std::size_t chosen = highest(others);
        out.by_fold.push_back(chosen);
        for (std::size_t q = 0; q < queries; ++q)
            if (fold_of[q] == fold) held_out[q] = values[chosen][q];
    }
    out.held_out = mean(held_out);
    out.gain = paired_bootstrap(values[use], held_out, options.bootstrap);
    out.advised = out.gain.low > 0 ? out.best : use;
    return out;
}

}  // namespace lectern::evaluation
