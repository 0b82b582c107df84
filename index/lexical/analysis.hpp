// index/lexical/analysis.hpp: text to terms.
//
// A term is a word folded (NFKC and case, text::words) and stemmed (Snowball); the parts of a name
// ("payment" of "payment_retry") are terms beside the whole (spelling.hpp). Documents and queries
// must be analysed alike, so the options are kept with the index.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/language.hpp"

namespace lectern::index {

struct AnalysisOptions {
    // Of the stems; empty: guessed for each document.
    std::optional<text::Language> language{};
    bool stop_words = true;  // false: words that carry no content are left out
    friend bool operator==(const AnalysisOptions&, const AnalysisOptions&) = default;
};

namespace lexical {

inline constexpr std::size_t longest_term = 64;  // bytes; longer words are cut

struct Field {
    std::unordered_map<std::string, std::uint32_t> counts;  // of each term
    std::uint64_t words = 0;
};

// One thread at a time.
class Analyzer {
 public:
    explicit Analyzer(AnalysisOptions options);

    // The language of the document; the texts of all its chunks are then stemmed in it.
    [[nodiscard]] text::Language language(std::string_view title, std::string_view text) const;
    [[nodiscard]] Field field(std::string_view text, text::Language language);
    // The term of one folded word; empty for a stop word that is left out.
    [[nodiscard]] std::string term(std::string_view folded, text::Language language);

    [[nodiscard]] const AnalysisOptions& options() const noexcept { return options_; }

 private:
    AnalysisOptions options_;
    std::vector<std::optional<text::Stemmer>> stemmers_;
    // Stemming costs more than looking up: most words of a text have been seen. By language.
    std::vector<std::unordered_map<std::string, std::string>> known_;
};

}  // namespace lexical
}  // namespace lectern::index
