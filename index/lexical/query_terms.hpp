// index/lexical/query_terms.hpp: the terms that a query looks up, with their lists' heads.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "index/lexical/analysis.hpp"
#include "index/lexical/lexical_index.hpp"
#include "index/lexical/postings.hpp"
#include "index/lexical/query.hpp"
#include "index/lexical/state.hpp"

namespace lectern::index::lexical {

// Longer queries keep their rarest terms.
inline constexpr std::size_t most_terms = 128;
inline constexpr std::size_t no_word = std::numeric_limits<std::size_t>::max();

struct QueryTerm {
    std::string term;
    double count = 0;             // in the query
    std::int64_t chunks = 0;      // live ones that have it
    std::vector<ListHead> heads;  // by segment; count 0: not there
    std::size_t word = no_word;   // of QueryTerms::content, that it stands for
    bool common = false;          // stands for words alone that carry no content
};

// A word of the query that carries content: under which terms it is found (places in `terms`), one
// for each language, and those of its synonyms and of what may have been meant.
struct ContentWord {
    std::vector<std::size_t> places;
    double count = 0;         // in the query
    std::int64_t chunks = 0;  // of its most frequent term
};

// An excluded word: no chunk may have one of `any`, nor all of `all` (where there are some).
struct ExcludedWord {
    std::vector<QueryTerm> any;
    std::vector<QueryTerm> all;
};

struct QueryTerms {
    std::vector<QueryTerm> terms;
    // Each: a chunk must have one of these terms (places in `terms`).
    std::vector<std::vector<std::size_t>> any_of;
    std::vector<ContentWord> content;
    std::vector<ExcludedWord> without;
    std::unordered_set<std::string> marked;  // terms whose words are shown in what is found
    std::vector<std::string> hints;
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

[[nodiscard]] std::vector<text::Language> languages_of(std::uint32_t bits);

// The terms of the index that a word with this prefix may have.
[[nodiscard]] Result<std::vector<std::string>> expand_prefix(const State& state,
                                                             std::string_view prefix);

// Everything above, and the heads of all lists. Terms without a list are left out of nothing: their
// places stay.
[[nodiscard]] Result<QueryTerms> look_up(const State& state, Analyzer& analyzer,
                                         const QueryText& query,
                                         const LexicalQueryOptions& options);

// The folded words that set a document of so many chunks apart and that others have too, most
// telling first, `most` at most.
[[nodiscard]] Result<std::vector<std::string>> telling_words(const State& state, Analyzer& analyzer,
                                                             std::string_view title,
                                                             std::string_view text,
                                                             std::size_t chunks, std::size_t most);

}  // namespace lectern::index::lexical
