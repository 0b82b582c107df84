#include "apps/eval/measures/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lectern::evaluation {
namespace {

constexpr std::size_t top = 10;
constexpr std::size_t deep = 100;

// `rank` counts from 1.
double discount(std::size_t rank) {
    return std::log2(static_cast<double>(rank) + 1);
}

double ideal_gain(const std::unordered_map<std::string, int>& judged) {
    std::vector<int> gains;
    for (const auto& [document, relevance] : judged)
        if (relevance > 0) gains.push_back(relevance);
    std::sort(gains.begin(), gains.end(), std::greater<>());
    double sum = 0;
    for (std::size_t i = 0; i < std::min(gains.size(), top); ++i) sum += gains[i] / discount(i + 1);
    return sum;
}

}  // namespace

std::vector<ScoredDocument> ranking(std::vector<ScoredDocument> found) {
    std::sort(found.begin(), found.end(), [](const ScoredDocument& a, const ScoredDocument& b) {
        return a.score != b.score ? a.score > b.score : a.document > b.document;
    });
    return found;
}

Scores score(const std::vector<ScoredDocument>& found,
             const std::unordered_map<std::string, int>& judged) {
    const auto relevant = static_cast<double>(std::count_if(
        judged.begin(), judged.end(), [](const auto& item) { return item.second > 0; }));
    if (relevant == 0) return {};
    double gain = 0;
    double reciprocal_rank = 0;
    double at_top = 0;
    double at_deep = 0;
    double precisions = 0;
    double hits = 0;
    std::size_t rank = 0;
    for (const ScoredDocument& item : ranking(found)) {
        ++rank;
        const auto at = judged.find(item.document);
        if (at == judged.end() || at->second <= 0) continue;
        ++hits;
        precisions += hits / static_cast<double>(rank);
        if (rank <= deep) ++at_deep;
        if (rank > top) continue;
        ++at_top;
        gain += at->second / discount(rank);
        if (reciprocal_rank == 0) reciprocal_rank = 1 / static_cast<double>(rank);
    }
    return {gain / ideal_gain(judged), reciprocal_rank, at_top / relevant, at_deep / relevant,
            precisions / relevant};
}

std::vector<QueryScores> score(const Run& run, const Judgements& judgements) {
    static const std::vector<ScoredDocument> nothing;
    std::vector<QueryScores> out;
    for (const auto& [query, judged] : judgements) {
        const auto at = run.find(query);
        const std::vector<ScoredDocument>& found = at == run.end() ? nothing : at->second;
        const auto relevant = std::count_if(judged.begin(), judged.end(),
                                            [](const auto& item) { return item.second > 0; });
        out.push_back(
            {query, score(found, judged), static_cast<std::size_t>(relevant), found.size()});
    }
    return out;
}

Scores mean(std::span<const QueryScores> queries) {
    Scores out{};
    if (queries.empty()) return out;
    for (const QueryScores& query : queries)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += query.scores[i];
    for (double& value : out) value /= static_cast<double>(queries.size());
    return out;
}

}  // namespace lectern::evaluation
