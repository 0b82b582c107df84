// A search in several collections: what each has found, as one list.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/pipeline.hpp"
#include "engine/search/fuse.hpp"
#include "lectern/lectern.hpp"

namespace lectern {
namespace {

constexpr std::size_t most_at_once = 8;

// How several lists are ranked as one.
enum class JointRanking {
    scores,  // their vectors are of one model: by both scores of each hit, as if of one collection
    places   // by the places that they had
};

bool is_hybrid(const Hit& hit) {
    return hit.dense_score && hit.lexical_score;
}

// Of a search by one side a hit's score is that side's.
void score_as_one(std::vector<JointHit>& hits, Fusion fusion, double weight) {
    const bool hybrid = std::all_of(hits.begin(), hits.end(),
                                    [](const JointHit& one) { return is_hybrid(one.hit); });
    if (!hybrid) return;
    std::vector<TwoScores> scores;
    for (const JointHit& one : hits)
        scores.push_back({*one.hit.dense_score, *one.hit.lexical_score});
    const std::vector<double> fused = fuse(scores, fusion, weight);
    for (std::size_t i = 0; i < hits.size(); ++i) hits[i].hit.score = static_cast<float>(fused[i]);
}

// `found`: of each collection, best first. Best first, `most` at most. A hit's score is that by
// which it was ranked.
std::vector<JointHit> joined(std::vector<std::vector<Hit>> found, JointRanking ranking,
                             Fusion fusion, double weight, std::size_t most) {
    std::vector<JointHit> out;
    for (std::size_t collection = 0; collection < found.size(); ++collection)
        for (std::size_t place = 0; place < found[collection].size(); ++place) {
            Hit& hit = found[collection][place];
            if (ranking == JointRanking::places)
                hit.score = static_cast<float>(worth_of_place(place));
            out.push_back({collection, std::move(hit)});
        }
    if (ranking == JointRanking::scores && !out.empty()) score_as_one(out, fusion, weight);
    // Of equal scores the collection that was named first.
    std::stable_sort(out.begin(), out.end(), [](const JointHit& a, const JointHit& b) {
        return a.hit.score > b.hit.score;
    });
    if (out.size() > most) out.resize(most);
    return out;
}

Status check(std::span<const Collection* const> collections, const SearchOptions& options) {
    if (collections.empty())
        return {Code::invalid_argument, "there is no collection to search in; name at least one"};
    std::set<const Collection*> once;
    for (const Collection* collection : collections)
        if (collection == nullptr || !once.insert(collection).second)
            return {Code::invalid_argument, "a collection stands twice in the list, or is none"};
    for (const auto& [given, name] : {std::pair{!options.facets.empty(), "facets"},
                                      {!options.sort.empty(), "sort"},
                                      {options.summaries != Summaries::none, "summarize"},
                                      {!options.similar.empty(), "similar"}})
        if (given)
            return {Code::invalid_argument,
                    std::string("'") + name + "' is of one collection; search them one by one"};
    return {};
}

// Beside each other; the first failure in the order of the list is the result.
Result<std::vector<SearchResult>> search_each(std::span<const Collection* const> collections,
                                              std::string_view text, const SearchOptions& options) {
    std::vector<Result<SearchResult>> results(collections.size(),
                                              Status{Code::internal, "not searched"});
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < collections.size(); i = next++)
            results[i] = collections[i]->search(text, options);
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(collections.size(), most_at_once); ++i)
            others.emplace_back(work);
        work();
    }
    std::vector<SearchResult> out;
    for (Result<SearchResult>& result : results) {
        if (!result) return result.status();
        out.push_back(std::move(*result));
    }
    return out;
}

// What branches find is scored by the hits beside each: no score of one collection says anything of
// another's. Where there are none, one step is the search; no stage can be called so, as one can be
// called fuse.
bool is_of_branches(const SearchResult& result) {
    const auto& stages = result.timing.stages;
    return std::none_of(stages.begin(), stages.end(), [](const StageTiming& one) {
        return one.stage == config::name(config::StepKind::search);
    });
}

// Whether scores of all collections are of one kind.
Result<JointRanking> ranking_of(std::span<const Collection* const> collections,
                                const std::vector<SearchResult>& found) {
    if (std::any_of(found.begin(), found.end(), is_of_branches)) return JointRanking::places;
    bool all_hybrid = true;
    bool all_lexical = true;
    bool all_dense = true;
    for (const SearchResult& result : found)
        for (const Hit& hit : result.hits) {
            all_hybrid = all_hybrid && is_hybrid(hit);
            all_lexical = all_lexical && hit.lexical_score && !hit.dense_score;
            all_dense = all_dense && hit.dense_score && !hit.lexical_score;
        }
    if (all_lexical) return JointRanking::scores;
    if (!all_hybrid && !all_dense) return JointRanking::places;
    std::set<std::string> models;
    for (const Collection* collection : collections) {
        LECTERN_ASSIGN(const Stats stats, collection->stats());
        models.insert(stats.fingerprint);
    }
    return models.size() == 1 ? JointRanking::scores : JointRanking::places;
}

}  // namespace

Result<JointResult> search_all(std::span<const Collection* const> collections,
                               std::string_view text, const SearchOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    LECTERN_TRY(check(collections, options));
    // Each gives as many as the list may have: all of it may be from one.
    SearchOptions each = options;
    each.k = std::min<std::size_t>(options.k + options.offset, 10'000);
    each.offset = 0;
    each.min_score = {};
    LECTERN_ASSIGN(std::vector<SearchResult> found, search_each(collections, text, each));
    LECTERN_ASSIGN(const JointRanking ranking, ranking_of(collections, found));
    JointResult out;
    std::vector<std::vector<Hit>> hits;
    for (SearchResult& result : found) {
        hits.push_back(std::move(result.hits));
        for (std::string& hint : result.hints)
            if (std::find(out.hints.begin(), out.hints.end(), hint) == out.hints.end())
                out.hints.push_back(std::move(hint));
    }
    const config::SearchConfig usual;
    out.hits = joined(std::move(hits), ranking, options.fusion.value_or(usual.fusion),
                      options.weight.value_or(usual.weight), each.k);
    if (options.min_score)
        std::erase_if(out.hits, [&](const JointHit& one) {
            return static_cast<double>(one.hit.score) < *options.min_score;
        });
    out.hits.erase(out.hits.begin(), out.hits.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                            options.offset, out.hits.size())));
    if (out.hits.size() > options.k) out.hits.resize(options.k);
    out.timing.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return out;
}

}  // namespace lectern
