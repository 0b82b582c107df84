// engine/search/request.hpp: one request on its way through the query graph. Internal to
// engine/search.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/answers/writer.hpp"
#include "engine/search/query.hpp"

namespace lectern {

inline constexpr std::size_t max_query_bytes = 64 * 1024;
inline constexpr std::size_t max_k = 10'000;

// How a search ranks: the pipeline's settings with the request's own over them.
struct Ranking {
    SearchMode mode = SearchMode::hybrid;
    Fusion fusion = Fusion::convex;
    double weight = 0.65;
    double feedback = 0.3;
    std::size_t hits = 0;  // that the search gives
    // What each side is asked for first.
    std::size_t candidates = 0;
    // Of the lexical search (corpus::WordHits), once it is done.
    double asked = 0;
    double known = 0;
    double rarest = 0;
};

// The bytes of a piece of evidence that answer.
struct NamedAnswer {
    AnswerSpan span;
    double certainty = 1;  // 0 to 1: how sure the reader is that it is these
};

struct Request {
    Request(const QueryContext& where, std::string_view what, host::Interrupt when,
            std::size_t hits_wanted, bool one_each)
        : context(where),
          text(what),
          interrupt(std::move(when)),
          k(hits_wanted),
          one_per_document(one_each) {}

    // How a step ended. The first failure is the request's; nodes work beside each other. The lock
    // is taken for a success too: who reads the status then is also seen (by the thread sanitiser,
    // which sees nothing of what TBB does) to come after the step.
    void end_step(Status outcome) {
        const std::lock_guard lock(status_mutex_);
        if (status_.ok()) status_ = std::move(outcome);
    }
    [[nodiscard]] Status status() const {
        const std::lock_guard lock(status_mutex_);
        return status_;
    }

    const QueryContext& context;
    std::string text;
    host::Interrupt interrupt;
    std::size_t k;
    std::size_t offset = 0;  // hits before the first that is wanted; they are found as well
    std::optional<double> min_score = {};
    bool one_per_document;
    Ranking ranking;
    std::size_t to_rerank = 0;  // of the hits, from the first on: what rerankers read
    bool is_page = false;       // the hits before `offset` are gone from `hits`

    Counters counters;
    TokenBatch tokens{0};
    std::shared_ptr<const corpus::Words> words;  // of the text, or of a document in its place
    // What a chunk must be; null: nothing.
    std::shared_ptr<const corpus::Words> conditions;
    std::unordered_map<storage::ChunkId, bool> met;  // of chunks that were read for conditions
    storage::Ordinal left_out = 0;                   // a document that is not to be found; 0: none
    std::size_t left_out_chunks = 0;
    std::vector<float> vector;              // the text's, or one that was given; empty: neither
    std::vector<index::Scored> dense;       // best first
    std::vector<index::Scored> lexical;     // best first
    std::vector<index::WordMatch> matches;  // of each of `lexical`; or empty
    std::vector<Hit> hits;
    // Of the hits' chunks: what their citations come from.
    std::unordered_map<storage::ChunkId, std::vector<storage::Place>> places;
    std::vector<Citation> evidence;                            // n is its mark
    std::vector<double> evidence_scores;                       // of each, the reader's
    std::vector<std::optional<NamedAnswer>> evidence_answers;  // of each, where the reader says it
    std::string filter;
    std::vector<std::string> facets;
    corpus::ReadOptions reading;
    std::optional<SortField> sort;
    corpus::Narrowed narrowed;
    double confidence = 0;
    Written written;
    // Of a request that searches in several ways at once: one of its own for each of the pipeline's
    // branches, in their order. What they find is fused; `dense` and `lexical` stay empty here.
    std::vector<std::unique_ptr<Request>> branches;
    AskOptions ask;
    const host::Stage* translator = nullptr;  // of the answer
    bool abstained = false;

 private:
    mutable std::mutex status_mutex_;
    Status status_;
};

// Leaves `k` hits from `offset` on.
void cut_page(std::size_t offset, std::size_t k, std::vector<Hit>& hits);

// Takes out the hits that score less than what is wanted.
void leave_out_weak(Request& request);

[[nodiscard]] Status check_query(std::string_view text);
// A vector to search with: as long as those of the collection, finite, and not 0.
[[nodiscard]] Status check_vector(std::span<const float> vector, std::uint32_t dimension);

}  // namespace lectern
