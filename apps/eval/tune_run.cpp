#include "apps/eval/tune_run.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "apps/eval/search_run.hpp"

namespace lectern::app {
namespace {

using evaluation::metric_names;

// The likeliest first: of settings that are equally good the first is the best.
constexpr double weights[] = {0.6, 0.5, 0.7, 0.4, 0.8, 0.3, 0.9, 0.2, 0.1};

std::string decimal(double value) {
    char out[32];
    std::snprintf(out, sizeof out, "%.1f", value);
    return out;
}

Result<std::size_t> place_of(std::string_view measure) {
    const auto at = std::find(metric_names.begin(), metric_names.end(), measure);
    if (at != metric_names.end()) return static_cast<std::size_t>(at - metric_names.begin());
    std::string known;
    for (const std::string_view name : metric_names)
        known.append(known.empty() ? "" : ", ").append(name);
    return Status{Code::invalid_argument, "there is no measure '" + std::string(measure) +
                                              "'; give --measure one of " + known};
}

const char* advice(const Tuning& tuning) {
    return tuning.tuned.advised == 0
               ? "these queries do not show that another setting is better: keep what is set"
               : "put this into the pipeline's search:";
}

}  // namespace

std::vector<Setting> settings_to_try(const Setting& base) {
    std::vector<Setting> out{base};
    out.front().name = "as it is set";
    const auto add = [&](SearchMode mode, std::optional<Fusion> fusion,
                         std::optional<double> weight) {
        Setting& one = out.emplace_back(base);
        one.search.mode = mode;
        one.search.fusion = fusion;
        one.search.weight = weight;
        one.name = name(mode);
        if (fusion) one.name = std::string(name(*fusion)) + " " + decimal(*weight);
    };
    for (const Fusion fusion : {Fusion::convex, Fusion::rrf})
        for (const double weight : weights) add(SearchMode::hybrid, fusion, weight);
    add(SearchMode::dense, {}, {});
    add(SearchMode::lexical, {}, {});
    return out;
}

Result<Tuning> tune_search(const Collection& collection,
                           const std::vector<evaluation::Query>& queries,
                           const evaluation::Judgements& judgements, const Setting& base,
                           std::string_view measure, std::size_t depth,
                           const evaluation::TuneOptions& options,
                           const std::function<void(double)>& show, std::stop_token stop) {
    Tuning out;
    LECTERN_ASSIGN(out.measure, place_of(measure));
    out.settings = settings_to_try(base);
    std::vector<std::vector<double>> values;
    for (std::size_t i = 0; i < out.settings.size(); ++i) {
        LECTERN_ASSIGN(const SearchRun found,
                       search_all(collection, queries, out.settings[i], depth, stop));
        std::vector<evaluation::QueryScores> scores = evaluation::score(found.run, judgements);
        std::vector<double>& row = values.emplace_back();
        for (const evaluation::QueryScores& one : scores) row.push_back(one.scores[out.measure]);
        out.means.push_back(evaluation::mean(scores));
        if (i == 0) out.base = std::move(scores);
        show(static_cast<double>(i + 1) / static_cast<double>(out.settings.size()));
    }
    LECTERN_ASSIGN(out.tuned, evaluation::tune(values, 0, options));
    return out;
}

std::string pipeline_keys(const Setting& setting) {
    std::string out = "mode: ";
    out += name(setting.search.mode.value_or(SearchMode::hybrid));
    if (setting.search.fusion) out.append(", fusion: ").append(name(*setting.search.fusion));
    if (setting.search.weight) out.append(", weight: ").append(decimal(*setting.search.weight));
    return out;
}

boost::json::object json_of(const Tuning& tuning) {
    boost::json::array settings;
    for (std::size_t i = 0; i < tuning.settings.size(); ++i) {
        const SearchOptions& search = tuning.settings[i].search;
        boost::json::object row{{"name", tuning.settings[i].name}};
        if (search.mode) row["mode"] = name(*search.mode);
        if (search.fusion) row["fusion"] = name(*search.fusion);
        if (search.weight) row["weight"] = *search.weight;
        boost::json::object metrics;
        for (std::size_t m = 0; m < metric_names.size(); ++m)
            metrics[metric_names[m]] = tuning.means[i][m];
        row["metrics"] = std::move(metrics);
        settings.push_back(std::move(row));
    }
    boost::json::array by_fold;
    for (const std::size_t chosen : tuning.tuned.by_fold)
        by_fold.push_back(boost::json::string(tuning.settings[chosen].name));
    const evaluation::Bootstrap& gain = tuning.tuned.gain;
    boost::json::object out{{"measure", metric_names[tuning.measure]},
                            {"settings", std::move(settings)},
                            {"best", tuning.settings[tuning.tuned.best].name},
                            {"chosen_by_fold", std::move(by_fold)},
                            {"as_it_is_set", tuning.tuned.means.front()},
                            {"held_out", tuning.tuned.held_out},
                            {"gain", boost::json::object{{"difference", gain.difference},
                                                         {"low", gain.low},
                                                         {"high", gain.high},
                                                         {"p", gain.p},
                                                         {"better", gain.better},
                                                         {"worse", gain.worse}}},
                            {"change", tuning.tuned.advised != 0}};
    if (tuning.tuned.advised != 0)
        out["search"] = pipeline_keys(tuning.settings[tuning.tuned.advised]);
    return out;
}

void print_tuning(const Tuning& tuning) {
    std::printf("%-14s", "setting");
    for (const std::string_view metric : metric_names)
        std::printf(" %10s", std::string(metric).c_str());
    std::printf("\n");
    std::vector<std::size_t> order(tuning.settings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return tuning.tuned.means[a] > tuning.tuned.means[b];
    });
    for (const std::size_t i : order) {
        std::printf("%-14s", tuning.settings[i].name.c_str());
        for (const double value : tuning.means[i]) std::printf(" %10.4f", value);
        std::printf("\n");
    }
    const evaluation::Bootstrap& gain = tuning.tuned.gain;
    std::printf(
        "\n%s on queries that did not choose (%zu folds): %.4f; as it is set: %.4f\n"
        "difference %+.4f, 95 %% interval [%+.4f,%+.4f], p %.4f; better on %zu queries, worse on "
        "%zu\n%s\n",
        std::string(metric_names[tuning.measure]).c_str(), tuning.tuned.by_fold.size(),
        tuning.tuned.held_out, tuning.tuned.means.front(), gain.difference, gain.low, gain.high,
        gain.p, gain.better, gain.worse, advice(tuning));
    if (tuning.tuned.advised != 0)
        std::printf("  search: {%s}\n",
                    pipeline_keys(tuning.settings[tuning.tuned.advised]).c_str());
}

}  // namespace lectern::app
