// index/lexical/lexical_query.hpp: a query that was read and looked up. Internal to index/lexical.
#pragma once

#include <memory>
#include <mutex>

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/query.hpp"
#include "index/lexical/query_terms.hpp"

namespace lectern::index {

namespace lexical {

// What reads queries: one thread at a time.
struct QueryAnalyzer {
    explicit QueryAnalyzer(AnalysisOptions options) : analyzer(options) {}
    std::mutex mutex;
    Analyzer analyzer;
};

}  // namespace lexical

// Immutable but for what the analyzer remembers.
class LexicalQuery::Impl {
 public:
    [[nodiscard]] static Result<std::shared_ptr<const Impl>> look_up(
        lexical::QueryText text, const LexicalQueryOptions& options,
        std::shared_ptr<lexical::QueryAnalyzer> analyzer,
        std::shared_ptr<const lexical::State> state);

    // The same query in another state of the index.
    [[nodiscard]] Result<std::shared_ptr<const Impl>> in(
        std::shared_ptr<const lexical::State> state) const {
        return look_up(text, options, analyzer, std::move(state));
    }

    lexical::QueryText text;
    LexicalQueryOptions options;
    std::shared_ptr<lexical::QueryAnalyzer> analyzer;
    std::shared_ptr<const lexical::State> state;
    lexical::QueryTerms terms;
};

}  // namespace lectern::index
