// apps/eval/measures/tune.hpp: which of several settings is best, and what that is worth on new
// queries.
//
// The best of many settings looks better on the queries that chose it than it will be on others.
// So it is measured by cross-validation (M. Stone, "Cross-validatory choice and assessment of
// statistical predictions", 1974): the queries are dealt to folds, each fold is measured with the
// setting that is best on all the other folds, and that is compared with the setting in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/eval/measures/bootstrap.hpp"
#include "lectern/status.hpp"

namespace lectern::evaluation {

struct TuneOptions {
    std::size_t folds = 5;             // 2 or more
    BootstrapOptions bootstrap{};      // its seed deals the folds, too
    std::size_t fewest_in_a_fold = 2;  // queries; with fewer, nothing is chosen
};

struct Tuned {
    std::vector<double> means;         // of each setting, over all queries
    std::size_t best = 0;              // the setting of the highest mean; the first of equals
    std::vector<std::size_t> by_fold;  // the best setting of all queries but those of the fold
    double held_out = 0;               // the mean over the folds, each with its setting
    Bootstrap gain;                    // of held_out over the setting in use
    // `best` when the gain's interval is above 0, otherwise the setting in use: what differs by
    // chance is no reason to change.
    std::size_t advised = 0;
};

// `values[setting][query]` is a measure that is better when higher. There are at least one setting
// and the one in `use`, and all have the same queries. invalid_argument when the queries are too
// few for the folds. The same seed gives the same result on every machine.
[[nodiscard]] Result<Tuned> tune(std::span<const std::vector<double>> values, std::size_t use,
                                 const TuneOptions& options = {});

}  // namespace lectern::evaluation
