// corpus/opensearch/word_query.hpp: the words of a query as a query of the cluster.
//
// Words are analysed here, as they were when the rows were made, so that the cluster compares whole
// terms and both backends find the same words. Ranking is Lucene's BM25 over the same terms.
// Internal to corpus/opensearch.
#pragma once

#include <boost/json.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/lexical/analysis.hpp"
#include "index/lexical/query.hpp"

namespace lectern::corpus::opensearch {

struct WordPlan {
    index::lexical::QueryText read;
    boost::json::array should;  // what scores
    boost::json::array must;    // what a chunk must have besides
    // Of each content word: its stems, and how often it stands in the query.
    std::vector<std::pair<std::vector<std::string>, double>> content;
    [[nodiscard]] bool empty() const noexcept { return should.empty() && must.empty(); }
};

// Any thread.
class WordReader {
 public:
    explicit WordReader(index::AnalysisOptions options) : options_(options), analyzer_(options) {}

    [[nodiscard]] WordPlan read(std::string_view text);
    // The words of a document's chunks, as rows have them.
    [[nodiscard]] std::vector<std::string> words_of(std::string_view title, std::string_view text,
                                                    const std::vector<std::string>& chunks);

 private:
    // In every language, because a query is too short to guess its own.
    [[nodiscard]] std::vector<std::string> stems_of(const std::string& word);

    const index::AnalysisOptions options_;
    std::mutex mutex_;
    index::lexical::Analyzer analyzer_;
};

}  // namespace lectern::corpus::opensearch
