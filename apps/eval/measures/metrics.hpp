// apps/eval/measures/metrics.hpp: how good a ranking is, as trec_eval defines it.
//
// Definitions (trec_eval 9.0): gain is the judgement itself, negative ones count 0; nDCG discounts
// rank r by log2(r + 1) (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
// techniques", 2002); relevant is a judgement of 1 or more; unjudged documents are not relevant.
// Documents are ordered by score, and those of equal score by id, descending. A judged query
// without results counts 0, as with trec_eval -c.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apps/eval/measures/types.hpp"

namespace lectern::evaluation {

// The measures, in the order in which Scores holds them. All are 0 to 1.
//   ndcg@10     trec_eval's ndcg_cut.10
//   mrr@10      recip_rank, 0 when the first relevant document is below rank 10
//   recall@10   recall.10
//   recall@100  recall.100
//   map         map: the mean of the precisions at each relevant document
inline constexpr std::array<std::string_view, 5> metric_names{"ndcg@10", "mrr@10", "recall@10",
                                                              "recall@100", "map"};
using Scores = std::array<double, metric_names.size()>;

struct QueryScores {
    std::string query{};
    Scores scores{};
    std::size_t relevant = 0;   // judged so
    std::size_t retrieved = 0;  // in the run
};

// The documents in trec_eval's order.
[[nodiscard]] std::vector<ScoredDocument> ranking(std::vector<ScoredDocument> found);

// Of one query.
[[nodiscard]] Scores score(const std::vector<ScoredDocument>& found,
                           const std::unordered_map<std::string, int>& judged);

// One entry for each judged query, by id.
[[nodiscard]] std::vector<QueryScores> score(const Run& run, const Judgements& judgements);

// 0 when there are none.
[[nodiscard]] Scores mean(std::span<const QueryScores> queries);

}  // namespace lectern::evaluation
