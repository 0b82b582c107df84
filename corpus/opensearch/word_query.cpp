#include "corpus/opensearch/word_query.hpp"

#include <algorithm>
#include <map>
#include <set>

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
constexpr std::size_t most_content = 32;   // longer queries name no one thing
// As the local index weighs them.
constexpr double part_weight = 0.4;
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

std::vector<text::Range> ClusterWords::marks(std::string_view text) const {
    return index::lexical::marks(text, query_, {});
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
        std::vector<std::string> stems = stems_of(word);
        for (const std::string& stem : stems) boosts[stem] += count;
        if (!stems.empty() && !text::is_stop_word(word))
            out.content.emplace_back(std::move(stems), count);
    }
    for (const std::string& part : read.parts)
        for (const std::string& stem : stems_of(part)) boosts[stem] += part_weight;
    for (const auto& [stem, boost] : boosts) {
        if (out.should.size() == most_clauses) break;
        out.should.push_back(term(stem, boost));
    }
    if (words.typed_on() && !read.last.empty())
        out.should.push_back(beginning(read.last, typed_on_weight));
    if (out.content.size() > most_content) out.content.clear();
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
