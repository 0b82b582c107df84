#include "engine/search/candidates.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/search/fuse.hpp"

namespace lectern {

corpus::WordQuery word_query(const Request& request) {
    const config::SearchConfig& search = request.context.pipeline.config().search;
    return {request.text,
            request.words.get(),
            request.words != nullptr && request.words == request.conditions,
            search.k1,
            search.b,
            search.title_boost,
            [&request] { return request.interrupt.stopped() || request.interrupt.late(); }};
}

namespace {

// Those without a score on a side.
std::vector<storage::ChunkId> without(const std::vector<Candidate>& candidates,
                                      std::optional<float> Candidate::*score) {
    std::vector<storage::ChunkId> out;
    for (const Candidate& one : candidates)
        if (!(one.*score)) out.push_back(one.chunk);
    return out;
}

// Of those without a vector's score, what the vector index knows.
void score_from_index(const Request& request, std::span<const float> vector,
                      std::vector<Candidate>& candidates) {
    const std::vector<storage::ChunkId> unknown = without(candidates, &Candidate::dense);
    if (unknown.empty()) return;
    const auto scores = request.context.vectors.scores(vector, unknown);
    std::size_t next = 0;
    for (Candidate& one : candidates)
        if (!one.dense) one.dense = scores[next++];
}

}  // namespace

Result<bool> complete(const Request& request, const Unknown& what,
                      std::vector<Candidate>& candidates) {
    std::vector<storage::ChunkId> all;
    if (what.documents)
        for (const Candidate& one : candidates) all.push_back(one.chunk);
    std::vector<storage::ChunkId> dense;
    if (!what.vector.empty()) {
        score_from_index(request, what.vector, candidates);
        dense = without(candidates, &Candidate::dense);
    }
    std::vector<storage::ChunkId> lexical;
    if (what.words) lexical = without(candidates, &Candidate::lexical);
    if (all.empty() && dense.empty() && lexical.empty()) return true;
    corpus::LookUp look_up{.documents_of = all,
                           .vector = what.vector,
                           .generation = request.context.vectors.generation(),
                           .vector_scores_of = dense,
                           .word_scores_of = lexical};
    if (!lexical.empty()) look_up.words = word_query(request);
    LECTERN_ASSIGN(const corpus::LookedUp found, request.context.corpus.look_up(look_up));
    std::size_t next_dense = 0;
    std::size_t next_lexical = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Candidate one = candidates[i];
        if (!dense.empty() && !one.dense) one.dense = found.vector_scores[next_dense++];
        if (!lexical.empty() && !one.lexical) {
            if (!found.word_matches.empty()) one.match = found.word_matches[next_lexical];
            one.lexical = found.word_scores[next_lexical++];
        }
        if (what.documents) {
            one.document = found.documents[i];
            if (one.document == 0) continue;
        }
        candidates[kept++] = one;
    }
    const bool all_there = kept == candidates.size();
    candidates.resize(kept);
    return all_there;
}

Status drop_unmet(Request& request, std::vector<Candidate>& candidates) {
    if (request.left_out != 0)
        std::erase_if(candidates,
                      [&](const Candidate& one) { return one.document == request.left_out; });
    if (!request.conditions || !request.conditions->must_read()) return {};
    std::vector<storage::ChunkId> unread;
    for (const Candidate& one : candidates)
        if (!request.met.contains(one.chunk)) unread.push_back(one.chunk);
    if (!unread.empty()) {
        LECTERN_ASSIGN(const auto views,
                       request.context.corpus.reader()->chunk_views(unread, true));
        for (std::size_t i = 0; i < unread.size(); ++i)
            request.met[unread[i]] =
                views[i] && request.conditions->met_by(views[i]->title, views[i]->text);
    }
    std::erase_if(candidates, [&](const Candidate& one) { return !request.met.at(one.chunk); });
    return {};
}

Result<std::vector<Candidate>> candidates_of(Request& request, bool& gone) {
    std::vector<Candidate> all;
    for (const index::Scored& hit : request.dense)
        all.push_back({.chunk = hit.chunk, .dense = hit.score});
    for (std::size_t i = 0; i < request.lexical.size(); ++i) {
        const index::Scored& hit = request.lexical[i];
        all.push_back({.chunk = hit.chunk, .lexical = hit.score});
        if (i < request.matches.size()) all.back().match = request.matches[i];
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.chunk < b.chunk; });
    std::vector<Candidate> out;
    for (const Candidate& one : all) {
        if (out.empty() || out.back().chunk != one.chunk) {
            out.push_back(one);
        } else {  // the dense one stands first
            out.back().lexical = one.lexical;
            out.back().match = one.match;
        }
    }
    LECTERN_ASSIGN(const bool all_there,
                   complete(request,
                            {.documents = true,
                             .vector = request.vector,
                             .words = request.ranking.mode == SearchMode::hybrid},
                            out));
    gone = gone || !all_there;
    LECTERN_TRY(drop_unmet(request, out));
    return out;
}

namespace {

bool better(const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

std::vector<double> scores_of(const std::vector<TwoScores>& two, const Ranking& ranking,
                              const QueryWords& words) {
    if (ranking.mode == SearchMode::hybrid) return fuse(two, ranking.fusion, ranking.weight, words);
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
    QueryWords words{ranking.known, 0, ranking.rarest, ranking.asked};
    for (const Candidate& one : candidates) {
        two.push_back(two_of(one));
        words.first = std::max<double>(words.first, one.match.rarest);
    }
    std::vector<double> scores = scores_of(two, ranking, words);
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
    scores = scores_of(two, ranking, words);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].score = scores[i];
    std::sort(out.begin(), out.end(), better);
    return out;
}

}  // namespace lectern
