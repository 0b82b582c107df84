// apps/eval/tune_run.hpp: many settings searched with, and the best of them.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/eval/measures/metrics.hpp"
#include "apps/eval/measures/tune.hpp"
#include "apps/eval/measures/types.hpp"
#include "apps/eval/setting.hpp"

namespace lectern::app {

struct Tuning {
    std::vector<Setting> settings;              // the first: as the pipeline has it
    std::vector<evaluation::Scores> means;      // one a setting
    std::vector<evaluation::QueryScores> base;  // of the first setting
    std::size_t measure = 0;                    // a place in evaluation::metric_names
    evaluation::Tuned tuned;
};

// The settings that are tried: `base`, each side alone, and each fusion with the weights 0.1 to
// 0.9.
[[nodiscard]] std::vector<Setting> settings_to_try(const Setting& base);

// Searches all queries with each setting. The measure is one of evaluation::metric_names. `show`:
// the share of the work that is done, 0 to 1.
[[nodiscard]] Result<Tuning> tune_search(const Collection& collection,
                                         const std::vector<evaluation::Query>& queries,
                                         const evaluation::Judgements& judgements,
                                         const Setting& base, std::string_view measure,
                                         std::size_t depth, const evaluation::TuneOptions& options,
                                         const std::function<void(double)>& show,
                                         std::stop_token stop);

// "mode: hybrid, fusion: convex, weight: 0.7", as it stands in a pipeline's `search:`.
[[nodiscard]] std::string pipeline_keys(const Setting& setting);

[[nodiscard]] boost::json::object json_of(const Tuning& tuning);
void print_tuning(const Tuning& tuning);

}  // namespace lectern::app
