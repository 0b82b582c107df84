// engine/search/candidates.hpp: what both sides have found, scored on both and ranked. Internal to
// engine/search.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/search/request.hpp"
#include "index/lexical/lexical_index.hpp"
#include "storage/store/store.hpp"

namespace lectern {

// A chunk that one of the sides has found, with its scores on both.
struct Candidate {
    storage::ChunkId chunk{};
    storage::Ordinal document{};
    std::optional<float> dense{};  // with the vector that is ranked by
    std::optional<float> lexical{};
    std::optional<float> cosine{};  // with the query's own vector, once that is another
    double score{};
};

[[nodiscard]] index::Filter filter_of(const Request& request);
[[nodiscard]] index::LexicalSearchOptions lexical_options(const Request& request,
                                                          const index::Filter& filter);

// What one side has found and the other has not gets its score there all the same: a chunk that is
// just behind the last candidate is not taken for one that has nothing to do with the query.
// Only where there is none yet.
[[nodiscard]] Status add_dense_scores(const Request& request, const storage::Reader& reader,
                                      std::span<const float> vector,
                                      std::vector<Candidate>& candidates);
[[nodiscard]] Status add_lexical_scores(const Request& request, std::vector<Candidate>& candidates);
// Those that are not in the reader are left out; whether all were.
[[nodiscard]] Result<bool> add_documents(const storage::Reader& reader,
                                         std::vector<Candidate>& candidates);

// Of request.dense and request.lexical, in order of their chunks. `gone`: some have left the store
// since the indexes answered; they are left out.
[[nodiscard]] Result<std::vector<Candidate>> candidates_of(const Request& request,
                                                           const storage::Reader& reader,
                                                           bool& gone);

// Chunks in order of their scores. With one for each document, a document has the best of its
// chunks on each side, which need not be the same one; its hit is the chunk that is best by itself.
[[nodiscard]] std::vector<Candidate> ranked(std::vector<Candidate> candidates,
                                            const Ranking& ranking, bool one_per_document);

}  // namespace lectern
