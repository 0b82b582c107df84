// engine/search/candidates.hpp: what both sides have found, scored on both and ranked. Internal to
// engine/search.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/search/request.hpp"

namespace lectern {

// A chunk that one of the sides has found, with its scores on both.
struct Candidate {
    storage::ChunkId chunk{};
    storage::Ordinal document{};
    std::optional<float> dense{};  // with the vector that is ranked by
    std::optional<float> lexical{};
    index::WordMatch match{};
    std::optional<float> cosine{};  // with the query's own vector, once that is another
    double score{};
};

// The request's words as its pipeline weighs them. Borrows the request.
[[nodiscard]] corpus::WordQuery word_query(const Request& request);

// What is to be found out about candidates.
struct Unknown {
    bool documents = false;
    std::span<const float> vector{};  // empty: no dense scores
    bool words = false;
};
// Fills that in where there is none yet, in one call of the corpus. What one side has found and the
// other has not so gets its score there all the same: a chunk that is just behind the last
// candidate is not taken for one that has nothing to do with the query. With `documents`, chunks
// that are gone are left out; whether all were there.
[[nodiscard]] Result<bool> complete(const Request& request, const Unknown& what,
                                    std::vector<Candidate>& candidates);

// Of request.dense and request.lexical, in order of their chunks. `gone`: some have left the corpus
// since it answered; they are left out.
[[nodiscard]] Result<std::vector<Candidate>> candidates_of(Request& request, bool& gone);

// Takes out those that do not meet the request's conditions, or are of the document that is left
// out.
[[nodiscard]] Status drop_unmet(Request& request, std::vector<Candidate>& candidates);

// Chunks in order of their scores. With one for each document, a document has the best of its
// chunks on each side, which need not be the same one; its hit is the chunk that is best by itself.
[[nodiscard]] std::vector<Candidate> ranked(std::vector<Candidate> candidates,
                                            const Ranking& ranking, bool one_per_document);

}  // namespace lectern
