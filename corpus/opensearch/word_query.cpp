#include "corpus/opensearch/word_query.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/rows.hpp"
#include "index/lexical/marks.hpp"
#include "index/lexical/spelling.hpp"
#include "text/content_words.hpp"
#include "text/language.hpp"
#include "text/text.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_clauses = 900;  // the engine's limit is 1024
// As the local index weighs them.
constexpr double part_weight = 0.4;
constexpr double synonym_weight = 0.6;
constexpr double typed_on_weight = 0.5;
constexpr std::size_t shortest_stem = 3;

json::value term(const std::string& word, double boost) {
    return object_of("term",
                     object_of("words", object_of("value", text_value(word), "boost", boost)));
}

json::value any_of(const std::vector<std::string>& stems) {
    json::array list;
    for (const std::string& stem : stems) list.push_back(text_value(stem));
    return object_of("terms", object_of("words", std::move(list)));
}

// Stems may end otherwise than their words: one letter of leeway.
json::value beginning(const std::string& prefix, double boost) {
    const std::string folded = index::lexical::without_accents(prefix);
    const std::string base(folded.size() > shortest_stem ? text::prefix(folded, folded.size() - 1)
                                                         : std::string_view(folded));
    return object_of("prefix", object_of("words", object_of("value", text_value(base), "rewrite",
                                                            "top_terms_64", "boost", boost)));
}

}  // namespace

bool ClusterWords::met_by(std::string_view title, std::string_view chunk) const {
    return index::lexical::meets(title, chunk, query_) &&
           !index::lexical::has_excluded_word(title, chunk, query_);
}

std::vector<Other> others_of(const index::lexical::QueryText& query,
                             const index::Synonyms* synonyms) {
    std::vector<Other> out;
    if (synonyms == nullptr) return out;
    const std::span<const std::string> words(query.words);
    for (std::size_t at = 0; at < words.size();) {
        const index::Synonyms::Match match = synonyms->match(words.subspan(at));
        for (std::size_t i = 0; match.count > 0 && i < match.others->size(); ++i) {
            const index::Synonyms::Words& other = (*match.others)[i];
            const double weight = synonym_weight / static_cast<double>(other.size());
            for (const std::string& word : other) out.push_back({word, weight});
        }
        at += std::max<std::size_t>(match.count, 1);
    }
    return out;
}

std::vector<text::Range> ClusterWords::marks(std::string_view text) const {
    if (others_.empty()) return index::lexical::marks(text, query_, {});
    const auto named = [this](const std::string& word) {
        const auto is = [&word](const std::string& one) { return one == word; };
        return std::any_of(others_.begin(), others_.end(),
                           [&](const Other& other) { return is(other.word); }) ||
               (!text::is_stop_word(word) &&
                (std::any_of(query_.words.begin(), query_.words.end(), is) ||
                 std::any_of(query_.parts.begin(), query_.parts.end(), is)));
    };
    return index::lexical::marks(text, query_, [&](const index::lexical::IndexedWord& one) {
        return named(one.word.folded) || std::any_of(one.parts.begin(), one.parts.end(), named);
    });
}

std::vector<std::string> WordReader::stems_of(const std::string& word) {
    std::set<std::string> out;
    if (options_.language) {
        out.insert(analyzer_.term(word, *options_.language));
    } else {
        for (std::size_t i = 0; i < text::language_count; ++i)
            out.insert(analyzer_.term(word, static_cast<text::Language>(i)));
    }
    out.erase(std::string());
    return {out.begin(), out.end()};
}

WordPlan WordReader::plan(const ClusterWords& words) {
    const std::lock_guard lock(mutex_);
    const index::lexical::QueryText& read = words.query();
    WordPlan out;
    std::map<std::string, double> boosts;
    std::map<std::string, double> counts;
    for (const std::string& word : read.words) counts[word] += 1;
    for (const auto& [word, count] : counts) {
        for (const std::string& stem : stems_of(word)) boosts[stem] += count;
    }
    for (const Other& other : words.others())
        for (const std::string& stem : stems_of(other.word)) boosts[stem] += other.weight;
    for (const std::string& part : read.parts)
        for (const std::string& stem : stems_of(part)) boosts[stem] += part_weight;
    for (const auto& [stem, boost] : boosts) {
        if (out.should.size() == most_clauses) break;
        out.should.push_back(term(stem, boost));
    }
    if (words.typed_on() && !read.last.empty())
        out.should.push_back(beginning(read.last, typed_on_weight));
    for (const std::vector<std::string>& phrase : read.phrases)
        for (const std::string& word : phrase)
            if (const auto stems = stems_of(word); !stems.empty())
                out.must.push_back(any_of(stems));
    for (const std::string& prefix : read.prefixes) out.must.push_back(beginning(prefix, 1));
    // Phrases and beginnings that are excluded are looked for in the texts.
    for (const std::vector<std::string>& excluded : read.without)
        if (excluded.size() == 1)
            if (const auto stems = stems_of(excluded.front()); !stems.empty())
                out.must_not.push_back(any_of(stems));
    return out;
}

std::vector<TellingWord> WordReader::words_of_document(std::string_view title,
                                                       std::string_view text, std::size_t chunks,
                                                       std::size_t most) {
    // As the local index counts them.
    constexpr std::size_t read_bytes = 64U << 10U;
    constexpr double in_title = 2;
    const std::lock_guard lock(mutex_);
    const text::Language language = analyzer_.language(title, text);
    std::map<std::string, TellingWord> counts;
    const auto count = [&counts, chunks](std::string_view part, double weight, std::size_t own) {
        for (text::Word& word : index::lexical::spelled_words(part)) {
            if (text::is_stop_word(word.folded)) continue;
            TellingWord& one = counts[word.folded];
            one.word = std::move(word.folded);
            one.weight += weight;
            one.own = std::min(one.own + own, chunks);
        }
    };
    count(title, in_title, chunks);  // every chunk has the title
    count(text::prefix(text, read_bytes), 1, 1);
    std::vector<TellingWord> out;
    for (auto& [word, one] : counts) {
        one.term = analyzer_.term(word, language);
        if (!one.term.empty()) out.push_back(std::move(one));
    }
    std::stable_sort(out.begin(), out.end(), [](const TellingWord& a, const TellingWord& b) {
        return a.weight > b.weight;
    });
    if (out.size() > most) out.resize(most);
    return out;
}

std::vector<std::string> WordReader::words_of(std::string_view title, std::string_view text,
                                              const std::vector<std::string>& chunks) {
    const std::lock_guard lock(mutex_);
    const text::Language language = analyzer_.language(title, text);
    const index::lexical::Field of_title = analyzer_.field(title, language);
    std::vector<std::string> out;
    out.reserve(chunks.size());
    for (const std::string& chunk : chunks)
        out.push_back(words_text(of_title, analyzer_.field(chunk, language)));
    return out;
}

}  // namespace lectern::corpus::opensearch
