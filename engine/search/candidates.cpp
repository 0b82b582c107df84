#include "engine/search/candidates.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "engine/search/fuse.hpp"

namespace lectern {

index::LexicalSearchOptions lexical_options(const Request& request, const index::Filter& filter) {
    const config::SearchConfig& search = request.context.pipeline.config().search;
    index::LexicalSearchOptions options;
    options.bm25 = {search.k1, search.b, search.title_boost, search.b};
    options.filter = &filter;
    options.stopped = [&request] {
        return request.interrupt.stopped() || request.interrupt.late();
    };
    return options;
}

index::Filter filter_of(const Request& request) {
    index::Filter filter;
    if (request.narrowed.allowed) filter.allowed = &*request.narrowed.allowed;
    return filter;
}

Status add_dense_scores(const Request& request, const storage::Reader& reader,
                        std::span<const float> vector, std::vector<Candidate>& candidates) {
    if (vector.empty()) return {};
    std::vector<storage::ChunkId> missing;
    for (const Candidate& candidate : candidates)
        if (!candidate.dense) missing.push_back(candidate.chunk);
    if (missing.empty()) return {};
    LECTERN_ASSIGN(const auto rows, reader.vectors(request.context.index.generation(), missing));
    if (rows.values.size() != rows.found.size() * vector.size()) return {};  // of another model
    std::unordered_map<storage::ChunkId, float> scores;
    for (std::size_t i = 0; i < rows.found.size(); ++i)
        scores.emplace(rows.found[i],
                       std::inner_product(vector.begin(), vector.end(),
                                          rows.values.data() + i * vector.size(), 0.0F));
    for (Candidate& candidate : candidates) {
        if (candidate.dense) continue;
        const auto score = scores.find(candidate.chunk);
        if (score != scores.end()) candidate.dense = score->second;  // else: without a vector
    }
    return {};
}

Status add_lexical_scores(const Request& request, std::vector<Candidate>& candidates) {
    std::vector<storage::ChunkId> missing;
    for (const Candidate& candidate : candidates)
        if (!candidate.lexical) missing.push_back(candidate.chunk);
    if (missing.empty()) return {};
    std::sort(missing.begin(), missing.end());
    index::Filter only;
    only.allowed = &missing;
    LECTERN_ASSIGN(const auto found,
                   request.context.lexical.search(request.text, missing.size(),
                                                  lexical_options(request, only)));
    std::unordered_map<storage::ChunkId, float> scores;
    for (const index::Scored& hit : found.hits) scores.emplace(hit.chunk, hit.score);
    for (Candidate& candidate : candidates) {
        if (candidate.lexical) continue;
        const auto score = scores.find(candidate.chunk);
        candidate.lexical = score == scores.end() ? 0.0F : score->second;
    }
    return {};
}

Result<bool> add_documents(const storage::Reader& reader, std::vector<Candidate>& candidates) {
    std::vector<storage::ChunkId> ids;
    for (const Candidate& one : candidates) ids.push_back(one.chunk);
    LECTERN_ASSIGN(const auto views, reader.chunk_views(ids, false));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!views[i]) continue;
        candidates[kept] = candidates[i];
        candidates[kept++].document = views[i]->chunk.document;
    }
    const bool all_there = kept == candidates.size();
    candidates.resize(kept);
    return all_there;
}

Result<std::vector<Candidate>> candidates_of(const Request& request, const storage::Reader& reader,
                                             bool& gone) {
    std::vector<Candidate> all;
    for (const index::Scored& hit : request.dense)
        all.push_back({.chunk = hit.chunk, .dense = hit.score});
    for (const index::Scored& hit : request.lexical)
        all.push_back({.chunk = hit.chunk, .lexical = hit.score});
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.chunk < b.chunk; });
    std::vector<Candidate> out;
    for (const Candidate& one : all) {
        if (out.empty() || out.back().chunk != one.chunk)
            out.push_back(one);
        else
            out.back().lexical = one.lexical;  // the dense one stands first
    }
    LECTERN_ASSIGN(const bool all_there, add_documents(reader, out));
    gone = gone || !all_there;
    LECTERN_TRY(add_dense_scores(request, reader, request.vector, out));
    if (request.ranking.mode == SearchMode::hybrid) LECTERN_TRY(add_lexical_scores(request, out));
    return out;
}

namespace {

bool better(const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

std::vector<double> scores_of(const std::vector<TwoScores>& two, const Ranking& ranking) {
    if (ranking.mode == SearchMode::hybrid)
        return fuse(two, ranking.fusion, ranking.weight, ranking.asked);
    std::vector<double> out;
    for (const TwoScores& one : two)
        out.push_back(ranking.mode == SearchMode::dense ? one.dense : one.lexical);
    return out;
}

}  // namespace

std::vector<Candidate> ranked(std::vector<Candidate> candidates, const Ranking& ranking,
                              bool one_per_document) {
    const auto two_of = [](const Candidate& one) {
        return TwoScores{one.dense.value_or(0), one.lexical.value_or(0)};
    };
    std::vector<TwoScores> two;
    for (const Candidate& one : candidates) two.push_back(two_of(one));
    std::vector<double> scores = scores_of(two, ranking);
    for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].score = scores[i];
    std::sort(candidates.begin(), candidates.end(), better);
    if (!one_per_document) return candidates;

    std::vector<Candidate> out;
    two.clear();
    std::unordered_map<storage::Ordinal, std::size_t> place;
    for (const Candidate& one : candidates) {
        const auto [at, added] = place.emplace(one.document, out.size());
        if (added) {
            out.push_back(one);
            two.push_back(two_of(one));
            continue;
        }
        TwoScores& best = two[at->second];
        best.dense = std::max<double>(best.dense, one.dense.value_or(0));
        best.lexical = std::max<double>(best.lexical, one.lexical.value_or(0));
    }
    scores = scores_of(two, ranking);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].score = scores[i];
    std::sort(out.begin(), out.end(), better);
    return out;
}

}  // namespace lectern
