// apps/eval/measures/bootstrap.hpp: is one setting better than another, or was it luck with the
// queries?
//
// The paired bootstrap (Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 16;
// for retrieval: Sakai, "Evaluating evaluation metrics based on the bootstrap", 2006): queries are
// drawn with replacement, many times, and the mean difference is looked at each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lectern::evaluation {

struct BootstrapOptions {
    std::size_t samples = 10000;
    std::uint64_t seed = 1;  // the same seed gives the same figures on every machine
};

struct Bootstrap {
    double difference = 0;  // the mean of `other` minus the mean of `base`
    double low = 0;         // the 95 % interval of the difference, by percentiles
    double high = 0;
    // Two-sided: how often a difference at least this large comes up when there is none. Never 0:
    // (larger + 1) / (samples + 1).
    double p = 1;
    std::size_t better = 0;  // queries on which `other` is better
    std::size_t worse = 0;
};

// The two have one value a query, in the same order, at least one; samples is 1 or more.
[[nodiscard]] Bootstrap paired_bootstrap(std::span<const double> base,
                                         std::span<const double> other,
                                         const BootstrapOptions& options = {});

}  // namespace lectern::evaluation
