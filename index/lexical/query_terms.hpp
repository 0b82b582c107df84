// index/lexical/query_terms.hpp: the terms that a query looks up, with their lists' heads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/lexical/analysis.hpp"
#include "index/lexical/postings.hpp"
#include "index/lexical/query.hpp"
#include "index/lexical/state.hpp"

namespace lectern::index::lexical {

// Longer queries keep their rarest terms.
inline constexpr std::size_t most_terms = 128;

struct QueryTerm {
    std::string term;
    double count = 0;             // in the query
    std::int64_t chunks = 0;      // live ones that have it
    std::vector<ListHead> heads;  // by segment; count 0: not there
};

struct QueryTerms {
    std::vector<QueryTerm> terms;
    // Each: a chunk must have one of these terms (places in `terms`).
    std::vector<std::vector<std::size_t>> any_of;
    // Of each content word: its terms (places in `terms`), one for each language, and how often it
    // stands in the query.
    std::vector<std::pair<std::vector<std::size_t>, double>> content;
};

// The words as terms: in every language that the index has stems of, because a query is too short
// to guess its own.
class TermList {
 public:
    TermList(Analyzer& analyzer, std::uint32_t languages);
    // Places of the word's terms; none for a stop word that is left out.
    std::vector<std::size_t> add(std::string_view folded, double count);
    std::size_t add_term(const std::string& term, double count);
    [[nodiscard]] std::vector<QueryTerm> take() { return std::move(terms_); }

 private:
    Analyzer& analyzer_;
    std::vector<text::Language> languages_;
    std::vector<QueryTerm> terms_;
    std::unordered_map<std::string, std::size_t> places_;
};

// The terms of the index that a word with this prefix may have.
[[nodiscard]] Result<std::vector<std::string>> expand_prefix(const State& state,
                                                             std::string_view prefix);

// Everything above, and the heads of all lists. Terms without a list are left out of nothing: their
// places stay.
[[nodiscard]] Result<QueryTerms> look_up(const State& state, Analyzer& analyzer,
                                         const QueryText& query);

}  // namespace lectern::index::lexical
