#include "engine/search/feedback.hpp"

#include <unordered_map>
#include <utility>

#include "engine/search/rocchio.hpp"

namespace lectern {
namespace {

// The query's vector, moved towards the best candidates. Empty: they have no vectors.
Result<std::vector<float>> rocchio_vector(const Request& request,
                                          const std::vector<Candidate>& candidates) {
    std::vector<Candidate> best = ranked(candidates, request.ranking, false);
    if (best.size() > feedback_chunks) best.resize(feedback_chunks);
    std::vector<storage::ChunkId> ids;
    std::unordered_map<storage::ChunkId, double> scores;
    for (const Candidate& one : best) {
        ids.push_back(one.chunk);
        scores.emplace(one.chunk, one.score);
    }
    LECTERN_ASSIGN(const auto rows, request.context.corpus.reader()->vectors(
                                        request.context.vectors.generation(), ids));
    if (rows.found.empty() || rows.values.size() != rows.found.size() * request.vector.size())
        return std::vector<float>();
    std::vector<double> weights;
    for (const storage::ChunkId chunk : rows.found) weights.push_back(scores.at(chunk));
    return rocchio_query(request.vector, rows.values, weights, request.ranking.feedback);
}

}  // namespace

Status feed_back(Request& request, std::size_t wanted, std::vector<Candidate>& candidates) {
    if (candidates.empty()) return {};
    LECTERN_ASSIGN(const std::vector<float> vector, rocchio_vector(request, candidates));
    if (vector.empty()) return {};
    LECTERN_ASSIGN(const auto found, request.context.vectors.search(
                                         vector, wanted, request.narrowed.selection.get()));
    std::unordered_map<storage::ChunkId, float> scores;
    for (const index::Scored& hit : found) scores.emplace(hit.chunk, hit.score);
    for (Candidate& candidate : candidates) {
        candidate.cosine = std::exchange(candidate.dense, std::nullopt);
        const auto score = scores.find(candidate.chunk);
        if (score == scores.end()) continue;
        candidate.dense = score->second;
        scores.erase(score);
    }
    LECTERN_TRY(complete(request, {.vector = vector}, candidates).status());
    std::vector<Candidate> more;  // found by the moved query alone
    for (const auto& [chunk, score] : scores) more.push_back({.chunk = chunk});
    LECTERN_TRY(
        complete(request, {.documents = true, .vector = request.vector, .words = true}, more)
            .status());
    LECTERN_TRY(drop_unmet(request, more));
    for (Candidate& candidate : more) {
        candidate.cosine = candidate.dense;
        candidate.dense = scores.at(candidate.chunk);
    }
    candidates.insert(candidates.end(), more.begin(), more.end());
    return {};
}

}  // namespace lectern
