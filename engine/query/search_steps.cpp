#include "engine/query/search_steps.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <unordered_map>

#include "engine/query/embed_steps.hpp"
#include "engine/query/fuse.hpp"
#include "engine/query/rerank.hpp"

namespace lectern {
namespace {

// A chunk that one of the sides has found, with its scores on both.
struct Candidate {
    storage::ChunkId chunk = 0;
    storage::Ordinal document = 0;
    std::optional<float> dense;
    std::optional<float> lexical;
    double score = 0;
};

// Between the commit that replaces a chunk and an index's following it, the index still answers
// with the old chunk and not yet with the new one. That takes about as long as a commit's copying.
constexpr auto index_follows_within = std::chrono::milliseconds(1);
constexpr int most_repeats = 50;

bool uses_dense(const Ranking& ranking) {
    return ranking.mode != SearchMode::lexical;
}
bool uses_lexical(const Ranking& ranking) {
    return ranking.mode != SearchMode::dense;
}

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

// What may be found, by the filter; and the facets of that.
Status narrow(Request& request, StageCounter& counter) {
    LECTERN_ASSIGN(request.narrowed, request.context.metadata.narrow(
                                         request.context.store, request.filter, request.facets));
    if (request.narrowed.allowed) counter.items += request.narrowed.allowed->size();
    return {};
}

index::Filter filter_of(const Request& request) {
    index::Filter filter;
    if (request.narrowed.allowed) filter.allowed = &*request.narrowed.allowed;
    return filter;
}

Status search_dense(Request& request, std::size_t wanted) {
    LECTERN_ASSIGN(request.dense,
                   request.context.index.search(request.vector, wanted, filter_of(request)));
    return {};
}

Status search_lexical(Request& request, std::size_t wanted) {
    const index::Filter filter = filter_of(request);
    LECTERN_ASSIGN(auto found, request.context.lexical.search(request.text, wanted,
                                                              lexical_options(request, filter)));
    request.lexical = std::move(found.hits);
    return {};
}

Status search_sides(Request& request, std::size_t wanted) {
    if (uses_dense(request.ranking)) LECTERN_TRY(search_dense(request, wanted));
    if (uses_lexical(request.ranking)) LECTERN_TRY(search_lexical(request, wanted));
    return {};
}

// What one side has found and the other has not gets its score there all the same: a chunk that is
// just behind the last candidate is not taken for one that has nothing to do with the query.
Status add_dense_scores(const Request& request, const storage::Reader& reader,
                        std::vector<Candidate>& candidates) {
    if (request.vector.empty()) return {};
    for (Candidate& candidate : candidates) {
        if (candidate.dense) continue;
        LECTERN_ASSIGN(const auto row,
                       reader.vectors(request.context.index.generation(), {candidate.chunk, 1}));
        if (row.values.size() != request.vector.size()) continue;  // gone, or without a vector
        candidate.dense =
            std::inner_product(row.values.begin(), row.values.end(), request.vector.begin(), 0.0F);
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

// Of both sides, in order of their chunks. `gone`: some have left the store since the indexes
// answered; they are left out.
Result<std::vector<Candidate>> candidates_of(const Request& request, const storage::Reader& reader,
                                             bool& gone) {
    std::vector<Candidate> all;
    for (const index::Scored& hit : request.dense)
        all.push_back({hit.chunk, 0, hit.score, std::nullopt, 0});
    for (const index::Scored& hit : request.lexical)
        all.push_back({hit.chunk, 0, std::nullopt, hit.score, 0});
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.chunk < b.chunk; });
    std::vector<Candidate> out;
    for (const Candidate& one : all) {
        if (out.empty() || out.back().chunk != one.chunk)
            out.push_back(one);
        else
            out.back().lexical = one.lexical;  // the dense one stands first
    }
    std::vector<storage::ChunkId> ids;
    for (const Candidate& one : out) ids.push_back(one.chunk);
    LECTERN_ASSIGN(const auto views, reader.chunk_views(ids, false));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!views[i]) {
            gone = true;
            continue;
        }
        out[kept] = out[i];
        out[kept++].document = views[i]->chunk.document;
    }
    out.resize(kept);
    LECTERN_TRY(add_dense_scores(request, reader, out));
    if (request.ranking.mode == SearchMode::hybrid) LECTERN_TRY(add_lexical_scores(request, out));
    return out;
}

bool better(const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

std::vector<double> scores_of(const std::vector<TwoScores>& two, const Ranking& ranking) {
    if (ranking.mode == SearchMode::hybrid) return fuse(two, ranking.fusion, ranking.weight);
    std::vector<double> out;
    for (const TwoScores& one : two)
        out.push_back(ranking.mode == SearchMode::dense ? one.dense : one.lexical);
    return out;
}

// Chunks in order of their scores. With one for each document, a document has the best of its
// chunks on each side, which need not be the same one; its hit is the chunk that is best by itself.
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

Status make_hits(Request& request, const storage::Reader& reader,
                 const std::vector<Candidate>& best) {
    std::vector<storage::ChunkId> ids;
    for (const Candidate& one : best) ids.push_back(one.chunk);
    LECTERN_ASSIGN(auto views, reader.chunk_views(ids, true));
    request.hits.clear();
    for (std::size_t i = 0; i < best.size(); ++i) {
        storage::ChunkView& view = *views[i];  // seen by this reader before
        Hit& hit = request.hits.emplace_back();
        hit.document = std::move(view.document);
        hit.chunk = view.chunk.id;
        hit.score = static_cast<float>(best[i].score);
        hit.dense_score = best[i].dense;
        hit.lexical_score = best[i].lexical;
        hit.title = std::move(view.title);
        hit.text = std::move(view.text);
        hit.begin = view.chunk.begin;
        hit.end = view.chunk.end;
        hit.metadata = view.metadata.empty() ? "{}" : std::move(view.metadata);
    }
    return {};
}

// Both sides to hits; more are taken from them until there are k.
Status search(Request& request) {
    const std::size_t k = request.ranking.hits;
    std::size_t wanted = request.ranking.candidates;
    for (int repeats = 0;;) {
        if (request.interrupt.stopped()) return {Code::cancelled, "cancelled"};
        if (request.interrupt.late()) return {Code::deadline_exceeded, "the deadline has passed"};
        // Made after the indexes have answered, so that it has every chunk they know of.
        const storage::Reader reader = request.context.store.reader();
        bool gone = false;
        LECTERN_ASSIGN(auto candidates, candidates_of(request, reader, gone));
        if (gone && repeats < most_repeats) {
            ++repeats;
            std::this_thread::sleep_for(index_follows_within);
            LECTERN_TRY(search_sides(request, wanted));
            continue;
        }
        std::vector<Candidate> best =
            ranked(std::move(candidates), request.ranking, request.one_per_document);
        const bool more = request.dense.size() >= wanted || request.lexical.size() >= wanted;
        if (best.size() >= k || !more) {
            if (best.size() > k) best.resize(k);
            return make_hits(request, reader, best);
        }
        wanted *= 4;
        LECTERN_TRY(search_sides(request, wanted));
    }
}

}  // namespace

Result<Ranking> ranking_of(const QueryContext& context, const SearchOptions& options,
                           bool has_text) {
    const config::SearchConfig& search = context.pipeline.config().search;
    // A reranker has more to choose from than what is wanted at the end.
    const std::size_t hits = context.pipeline.has_reranker() && has_text
                                 ? std::max<std::size_t>(search.rerank, options.k)
                                 : options.k;
    const std::size_t candidates = options.candidates.value_or(search.candidates);
    if (candidates == 0 || candidates > max_k)
        return Status{Code::invalid_argument, "candidates is " + std::to_string(candidates) +
                                                  "; it must be 1 to " + std::to_string(max_k)};
    Ranking out{options.mode.value_or(search.mode), options.fusion.value_or(search.fusion),
                options.weight.value_or(search.weight), hits,
                std::max<std::size_t>(candidates, hits)};
    if (!(out.weight >= 0 && out.weight <= 1))
        return Status{Code::invalid_argument, "weight is " + std::to_string(out.weight) +
                                                  "; it must be 0 (words alone) to 1 (meaning "
                                                  "alone)"};
    return out;
}

void add_search_steps(QueryGraph& graph, Request& request, bool embed_always) {
    Pipeline& pipeline = request.context.pipeline;
    if (!request.filter.empty() || !request.facets.empty())
        graph.add(request, "filter",
                  [&request](StageCounter& counter) { return narrow(request, counter); });
    const bool has_text = !request.text.empty();
    if (has_text)
        for (const host::Stage* stage : pipeline.query_customs())
            graph.add(request, stage->name(),
                      [&request, stage](StageCounter&) { return rewrite(request, *stage); });
    std::vector<QueryGraph::Node*> start;
    if (graph.last() != nullptr) start.push_back(graph.last());
    std::vector<QueryGraph::Node*> sides;
    const std::size_t wanted = request.ranking.candidates;
    if (uses_lexical(request.ranking))
        sides.push_back(graph.add(
            request, "lexical",
            [&request, wanted](StageCounter&) { return search_lexical(request, wanted); }, start));
    if (uses_dense(request.ranking) || embed_always) {
        std::vector<QueryGraph::Node*> behind = start;
        if (request.vector.empty()) {
            graph.add(
                request, pipeline.tokenizer_name(),
                [&request](StageCounter& counter) { return tokenize(request, counter); }, start);
            graph.add(request, pipeline.embedder_name(),
                      [&request](StageCounter& counter) { return embed(request, counter); });
            behind = {graph.last()};
        }
        if (uses_dense(request.ranking))
            graph.add(
                request, "dense",
                [&request, wanted](StageCounter&) { return search_dense(request, wanted); },
                behind);
        sides.push_back(graph.last());
    }
    graph.add(
        request, "search", [&request](StageCounter&) { return search(request); }, sides);
    if (const host::Stage* stage = pipeline.reranker(); stage != nullptr && has_text)
        graph.add(request, stage->name(), [&request, stage](StageCounter&) {
            const config::SearchConfig& config = request.context.pipeline.config().search;
            LECTERN_TRY(rerank(*stage, request.text, request.interrupt,
                               {config.rerank, config.rerank_milliseconds}, request.hits));
            if (request.hits.size() > request.k) request.hits.resize(request.k);
            return Status();
        });
    if (request.sort)
        graph.add(request, "sort", [&request](StageCounter&) {
            return request.context.metadata.sort(request.context.store, *request.sort, request.hits,
                                                 request.narrowed.hints);
        });
}

}  // namespace lectern
