#include "index/lexical/analysis.hpp"

#include <algorithm>

#include "index/lexical/spelling.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {

namespace {
constexpr std::size_t guessed_from_bytes = 4096;
constexpr std::size_t most_known_words = 50'000;
}  // namespace

Analyzer::Analyzer(AnalysisOptions options)
    : options_(options), stemmers_(text::language_count), known_(text::language_count) {}

text::Language Analyzer::language(std::string_view title, std::string_view text) const {
    if (options_.language) return *options_.language;
    std::string sample(title);
    sample += '\n';
    sample += text::prefix(text, guessed_from_bytes);
    return text::guess_language(text::words(sample));
}

std::string Analyzer::term(std::string_view folded, text::Language language) {
    if (!options_.stop_words && text::is_stop_word(folded)) return {};
    auto& known = known_[static_cast<std::size_t>(language)];
    std::string word(folded);
    if (const auto found = known.find(word); found != known.end()) return found->second;
    auto& stemmer = stemmers_[static_cast<std::size_t>(language)];
    if (!stemmer) stemmer.emplace(language);
    std::string stem(text::prefix(without_accents(stemmer->stem(word)), longest_term));
    stem.erase(std::remove(stem.begin(), stem.end(), '\0'), stem.end());
    if (known.size() >= most_known_words) known.clear();
    known.emplace(std::move(word), stem);
    return stem;
}

Field Analyzer::field(std::string_view text, text::Language language) {
    Field out;
    std::vector<std::string> seen;  // terms of one word
    for (const IndexedWord& one : indexed_words(text)) {
        seen.clear();
        if (std::string term = this->term(one.word.folded, language); !term.empty()) {
            out.words += 1;
            seen.push_back(std::move(term));
        }
        // Parts make no text longer: a name in one word weighs as one.
        for (const std::string& part : one.parts) {
            if (text::is_stop_word(part)) continue;
            std::string term = this->term(part, language);
            if (!term.empty() && std::find(seen.begin(), seen.end(), term) == seen.end())
                seen.push_back(std::move(term));
        }
        for (std::string& term : seen) out.counts[std::move(term)] += 1;
    }
    return out;
}

}  // namespace lectern::index::lexical
