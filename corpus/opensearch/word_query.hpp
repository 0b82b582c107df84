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

#include "corpus/corpus.hpp"
#include "corpus/synonyms.hpp"
#include "index/lexical/analysis.hpp"
#include "index/lexical/query.hpp"

namespace lectern::corpus::opensearch {

// A word that counts beside those of the query, because it means the same.
struct Other {
    std::string word;
    double weight = 0;
};
[[nodiscard]] std::vector<Other> others_of(const index::lexical::QueryText& query,
                                           const index::Synonyms* synonyms);

class ClusterWords final : public Words {
 public:
    ClusterWords(index::lexical::QueryText query, bool typed_on, std::vector<Other> others = {})
        : query_(std::move(query)), typed_on_(typed_on), others_(std::move(others)) {}
    [[nodiscard]] const std::vector<Other>& others() const noexcept { return others_; }
    [[nodiscard]] const index::lexical::QueryText& query() const noexcept { return query_; }
    // The last word may be the beginning of one.
    [[nodiscard]] bool typed_on() const noexcept { return typed_on_; }

    const std::string& plain() const noexcept override { return query_.plain; }
    bool has_words() const noexcept override {
        return !query_.words.empty() || !query_.prefixes.empty();
    }
    bool has_conditions() const noexcept override { return query_.has_conditions(); }
    bool must_read() const noexcept override { return query_.must_read(); }
    bool met_by(std::string_view title, std::string_view chunk) const override;
    std::vector<text::Range> marks(std::string_view text) const override;
    const std::vector<std::string>& hints() const noexcept override { return hints_; }

 private:
    const index::lexical::QueryText query_;
    const bool typed_on_;
    const std::vector<Other> others_;
    const std::vector<std::string> hints_;
};

struct WordPlan {
    boost::json::array should;    // what scores
    boost::json::array must;      // what a chunk must have besides
    boost::json::array must_not;  // and what it must not have
    [[nodiscard]] bool empty() const noexcept { return should.empty() && must.empty(); }
};

// A word of a document that others may be like.
struct TellingWord {
    std::string word;  // folded
    std::string term;
    double weight = 0;    // how often it stands there
    std::size_t own = 0;  // chunks of the document that have it, at most
};

// Any thread.
class WordReader {
 public:
    explicit WordReader(index::AnalysisOptions options) : options_(options), analyzer_(options) {}

    [[nodiscard]] WordPlan plan(const ClusterWords& words);
    // The most frequent words of a document that carry content, `most` at most.
    [[nodiscard]] std::vector<TellingWord> words_of_document(std::string_view title,
                                                             std::string_view text,
                                                             std::size_t chunks, std::size_t most);
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
