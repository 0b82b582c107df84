#include "engine/search/find_hits.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <unordered_set>

#include "engine/answers/originals.hpp"
#include "engine/search/branches.hpp"
#include "engine/search/candidates.hpp"
#include "engine/search/feedback.hpp"
#include "engine/search/place.hpp"

namespace lectern {

bool uses_dense(const Ranking& ranking) {
    return ranking.mode != SearchMode::lexical;
}

bool uses_lexical(const Ranking& ranking) {
    return ranking.mode != SearchMode::dense;
}

Status narrow(Request& request, StageCounter& counter) {
    LECTERN_ASSIGN(request.narrowed, request.context.corpus.narrow(request.filter, request.facets));
    counter.items += request.narrowed.chunks;
    return {};
}

Status read_query(Request& request) {
    if (!request.text.empty()) {
        LECTERN_ASSIGN(std::shared_ptr<const corpus::Words> words,
                       request.context.corpus.read(request.text, request.reading));
        if (words->plain().empty() && !request.words && request.vector.empty())
            return {Code::invalid_argument,
                    "the query only says what must not be there; add a word to look for"};
        request.text = words->plain();  // what others read
        request.narrowed.hints.insert(request.narrowed.hints.end(), words->hints().begin(),
                                      words->hints().end());
        if (words->has_conditions()) request.conditions = words;
        if (!request.words) request.words = std::move(words);
    }
    if (!request.conditions) return {};
    LECTERN_ASSIGN(
        request.narrowed.selection,
        request.context.corpus.meeting(*request.conditions, std::move(request.narrowed.selection)));
    return {};
}

Status search_dense(Request& request, std::size_t k) {
    LECTERN_ASSIGN(request.dense, request.context.vectors.search(request.vector, k,
                                                                 request.narrowed.selection.get()));
    return {};
}

Status search_lexical(Request& request, std::size_t k) {
    LECTERN_ASSIGN(auto found, request.context.corpus.search_words(
                                   word_query(request), k, request.narrowed.selection.get()));
    request.lexical = std::move(found.hits);
    request.matches = std::move(found.matches);
    request.ranking.asked = found.asked;
    request.ranking.known = found.known;
    request.ranking.rarest = found.rarest;
    return {};
}

std::size_t first_k(const Request& request) {
    return request.ranking.candidates + request.left_out_chunks;
}

namespace {

// Between the commit that replaces a chunk and an index's following it, the index still answers
// with the old chunk and not yet with the new one. That takes about as long as a commit's copying.
constexpr auto index_follows_within = std::chrono::milliseconds(1);
constexpr int most_repeats = 50;
// Where others write too, a chunk may be of a version that its writer has died over: that stays,
// and every search that finds it would be made again for nothing. What has taken the place of a
// chunk is found there by the next search.
constexpr int most_repeats_beside_others = 3;

// With one side alone there is nothing that it could learn from the other.
bool uses_feedback(const Ranking& ranking) {
    return ranking.mode == SearchMode::hybrid && ranking.feedback > 0 && ranking.weight > 0 &&
           ranking.weight < 1;
}

Status search_sides(Request& request, std::size_t k) {
    if (uses_dense(request.ranking)) LECTERN_TRY(search_dense(request, k));
    if (uses_lexical(request.ranking)) LECTERN_TRY(search_lexical(request, k));
    return {};
}

// Those that are gone by now are left out; whether all were there.
Result<bool> make_hits(Request& request, const std::vector<Candidate>& best) {
    std::vector<storage::ChunkId> ids;
    for (const Candidate& one : best) ids.push_back(one.chunk);
    LECTERN_ASSIGN(auto views, request.context.corpus.reader()->chunk_views(ids, true));
    request.hits.clear();
    for (std::size_t i = 0; i < best.size(); ++i) {
        if (!views[i]) continue;
        storage::ChunkView& view = *views[i];
        Hit& hit = request.hits.emplace_back();
        hit.document = std::move(view.document);
        hit.chunk = view.chunk.id;
        hit.score = static_cast<float>(best[i].score);
        hit.dense_score = best[i].cosine ? best[i].cosine : best[i].dense;
        hit.lexical_score = best[i].lexical;
        hit.title = std::move(view.title);
        hit.text = std::move(view.text);
        hit.begin = view.chunk.begin;
        hit.end = view.chunk.end;
        hit.metadata =
            view.metadata.empty() ? "{}" : without_sentence_map(std::move(view.metadata));
        hit.context = std::move(view.context);
        if (request.words)
            for (const text::Range& mark : request.words->marks(hit.text))
                hit.highlights.push_back({hit.begin + mark.begin, hit.begin + mark.end});
        hit.place = place_of(view.chunk.places, 0, hit.text.size());
        request.places[hit.chunk] = std::move(view.chunk.places);
    }
    return request.hits.size() == best.size();
}

// Adds what a deeper ranking has found to what was found before, after all of it: the first hits
// stay the first, however many are asked for later, so pages are pieces of one list.
void add_new(const std::vector<Candidate>& found, bool one_per_document,
             std::vector<Candidate>& list) {
    std::unordered_set<std::uint64_t> known;
    const auto key = [one_per_document](const Candidate& one) -> std::uint64_t {
        return one_per_document ? one.document : one.chunk;
    };
    for (const Candidate& one : list) known.insert(key(one));
    const double most = list.empty() ? std::numeric_limits<double>::infinity() : list.back().score;
    for (const Candidate& one : found) {
        if (!known.insert(key(one)).second) continue;
        list.push_back(one);
        list.back().score = std::min(list.back().score, most);
    }
}

// Whether those that would come next are left out for their score. A reranker gives others.
bool only_weak_follow(const Request& request, const std::vector<Candidate>& list) {
    return request.min_score && !request.context.pipeline.has_reranker() && !list.empty() &&
           list.back().score < *request.min_score;
}

// Searches that were made again because what they found was gone.
struct Repeats {
    explicit Repeats(const Request& request)
        : most(request.context.corpus.shared() ? most_repeats_beside_others : most_repeats) {}
    const int most;
    int count = 0;
    [[nodiscard]] bool over() const { return count >= most; }
    Status again(Request& request, std::size_t k) {
        ++count;
        std::this_thread::sleep_for(index_follows_within);
        return search_sides(request, k);
    }
};

Status check_time(const Request& request) {
    if (request.interrupt.stopped()) return {Code::cancelled, "cancelled"};
    if (request.interrupt.late()) return {Code::deadline_exceeded, "the deadline has passed"};
    return {};
}

struct FoundChunks {
    std::vector<Candidate> list = {};
    bool more = false;  // a deeper search may find others
};

// Both sides to one list; more are taken from them until there are as many as a page has. Further
// ones, for the pages after it, come from deeper rankings. The sides were searched for
// first_k() each.
Result<FoundChunks> find_chunks(Request& request, Repeats& repeats) {
    const std::size_t page = request.ranking.hits;
    const std::size_t all = page + request.offset;
    std::size_t k = first_k(request);
    std::vector<Candidate> list;
    for (;;) {
        LECTERN_TRY(check_time(request));
        bool gone = false;
        LECTERN_ASSIGN(auto candidates, candidates_of(request, gone));
        if (gone && !repeats.over()) {
            LECTERN_TRY(repeats.again(request, k));
            continue;
        }
        if (uses_feedback(request.ranking)) LECTERN_TRY(feed_back(request, k, candidates));
        const std::vector<Candidate> best =
            ranked(std::move(candidates), request.ranking, request.one_per_document);
        const bool more = request.dense.size() >= k || request.lexical.size() >= k;
        if (best.size() >= page || !more || !list.empty())
            add_new(best, request.one_per_document, list);
        if (list.size() >= all || !more || only_weak_follow(request, list))
            return FoundChunks{std::move(list), more};
        k *= 4;
        LECTERN_TRY(search_sides(request, k));
    }
}

// What stands after the last page that is wanted.
void cut(const Request& request, std::vector<Candidate>& list) {
    list.resize(std::min(list.size(), request.ranking.hits + request.offset));
}

// What the branches find to one list, as deep as it must be.
Result<std::vector<Candidate>> find_in_branches(Request& request, Repeats& repeats) {
    const std::vector<Branch>& branches = request.context.pipeline.branches();
    std::vector<Candidate> list;
    for (std::size_t page = request.ranking.hits;; page *= 4) {
        LECTERN_TRY(check_time(request));
        bool more = false;
        std::vector<BranchList> found;
        for (std::size_t i = 0; i < branches.size(); ++i) {
            Request& branch = *request.branches[i];
            branch.ranking.hits = page;
            LECTERN_ASSIGN(FoundChunks chunks, find_chunks(branch, repeats));
            more = more || chunks.more;
            found.push_back({std::move(chunks.list), branches[i].search.share,
                             branch.ranking.mode != SearchMode::dense});
        }
        add_new(fuse_lists(found, request.context.pipeline.fusion_of_branches(),
                           request.one_per_document),
                request.one_per_document, list);
        const bool enough = list.size() >= request.ranking.hits + request.offset;
        if (enough || !more || only_weak_follow(request, list)) break;
    }
    cut(request, list);
    return list;
}

// Branches read the query in ways of their own; what they say about it is said once.
void take_hints(Request& request) {
    std::vector<std::string>& hints = request.narrowed.hints;
    for (const auto& branch : request.branches)
        for (std::string& hint : branch->narrowed.hints)
            if (std::find(hints.begin(), hints.end(), hint) == hints.end())
                hints.push_back(std::move(hint));
}

}  // namespace

Status find_hits(Request& request) {
    for (Repeats repeats(request);;) {
        LECTERN_ASSIGN(FoundChunks found, find_chunks(request, repeats));
        cut(request, found.list);
        LECTERN_ASSIGN(const bool all_there, make_hits(request, found.list));
        if (all_there || repeats.over()) return {};
        LECTERN_TRY(repeats.again(request, first_k(request)));
    }
}

Status fuse_branches(Request& request) {
    take_hints(request);
    for (Repeats repeats(request);;) {
        LECTERN_ASSIGN(std::vector<Candidate> list, find_in_branches(request, repeats));
        // How near the query itself is to them, for those who read.
        if (!request.vector.empty())
            LECTERN_TRY(complete(request, {.vector = request.vector}, list).status());
        LECTERN_ASSIGN(const bool all_there, make_hits(request, list));
        if (all_there || repeats.over()) return {};
        for (const auto& branch : request.branches)
            LECTERN_TRY(repeats.again(*branch, first_k(*branch)));
    }
}

}  // namespace lectern
