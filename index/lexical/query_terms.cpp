#include "index/lexical/query_terms.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "index/lexical/bm25.hpp"
#include "index/lexical/cursor.hpp"
#include "index/lexical/spelling.hpp"
#include "index/lexical/synonyms.hpp"
#include "index/lexical/typos.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {

namespace {
constexpr std::size_t most_expansions = 64;
constexpr std::size_t most_heads_seen = 4096;  // of one prefix in one segment
constexpr std::size_t shortest_stem = 3;       // of a prefix longer than itself
// Beside the 1 of a word as it was asked for.
constexpr double part_weight = 0.4;
constexpr double synonym_weight = 0.6;
constexpr double typed_on_weight = 0.5;
constexpr double near_weight[] = {1, 0.7, 0.5};  // by edits
constexpr std::size_t most_near = 3;             // of a word
constexpr std::size_t most_mistyped = 4;         // words of a query that are looked at so
}  // namespace

std::vector<text::Language> languages_of(std::uint32_t bits) {
    std::vector<text::Language> out;
    for (std::size_t i = 0; i < text::language_count; ++i)
        if ((bits >> i & 1U) != 0) out.push_back(static_cast<text::Language>(i));
    return out;
}

TermList::TermList(Analyzer& analyzer, std::uint32_t languages)
    : analyzer_(analyzer), languages_(languages_of(languages)) {}

std::vector<std::size_t> TermList::add(std::string_view folded, double count) {
    std::vector<std::size_t> out;
    std::set<std::string> stems;
    for (const text::Language language : languages_) stems.insert(analyzer_.term(folded, language));
    for (const std::string& stem : stems)
        if (!stem.empty()) out.push_back(add_term(stem, count));
    return out;
}

std::size_t TermList::add_term(const std::string& term, double count) {
    const auto [at, added] = places_.emplace(term, terms_.size());
    if (added) terms_.push_back({term, 0, 0, {}, no_word, false});
    terms_[at->second].count += count;
    return at->second;
}

Result<std::vector<std::string>> expand_prefix(const State& state, std::string_view prefix) {
    // Stems may end otherwise than their words ("happi" for "happy"): one letter of leeway. Whether
    // a chunk really has such a word is asked of its text.
    const std::string_view base =
        prefix.size() > shortest_stem ? text::prefix(prefix, prefix.size() - 1) : prefix;
    std::map<std::string, std::uint64_t> found;
    for (const LiveSegment& live : state.segments) {
        const SegmentNumber number = live.segment->number;
        const std::string begin = head_key(number, base);
        std::size_t seen = 0;
        storage::DerivedCursor row = state.reader.derived(begin, segment_key('p', number + 1));
        for (; row.valid() && row.key().starts_with(begin) && seen < most_heads_seen; row.next()) {
            if (!is_head(row.key())) continue;
            ByteReader value(row.value());
            found[std::string(row.key().substr(term_at))] += value.varint();
            ++seen;
        }
        LECTERN_TRY(row.status());
    }
    std::vector<std::pair<std::uint64_t, std::string>> order;
    for (auto& [term, chunks] : found) order.emplace_back(chunks, term);
    std::sort(order.rbegin(), order.rend());
    if (order.size() > most_expansions) order.resize(most_expansions);
    std::vector<std::string> out;
    for (auto& [chunks, term] : order) out.push_back(std::move(term));
    for (std::size_t size = shortest_stem; size < base.size(); ++size)
        if (const std::string_view stem = text::prefix(prefix, size); stem.size() == size)
            out.emplace_back(stem);
    return out;
}

namespace {

// Reads the heads of the terms that have none yet, in all segments at once.
Status read_heads(const State& state, std::span<QueryTerm> terms) {
    while (!terms.empty() && !terms.front().heads.empty()) terms = terms.subspan(1);
    if (terms.empty() || state.segments.empty()) return {};
    std::vector<std::string> keys;
    keys.reserve(terms.size() * state.segments.size());
    for (const LiveSegment& live : state.segments)
        for (const QueryTerm& term : terms)
            keys.push_back(head_key(live.segment->number, term.term));
    LECTERN_ASSIGN(const auto values, state.reader.derived_values(keys));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        QueryTerm& term = terms[i % terms.size()];
        ListHead& head = term.heads.emplace_back();
        if (!values[i]) continue;
        auto decoded = decode_head(*values[i]);
        if (!decoded) return corrupt_list(keys[i]);
        head = std::move(*decoded);
        term.chunks += static_cast<std::int64_t>(head.count) - head.removed;
    }
    return {};
}

class LookUp {
 public:
    LookUp(const State& state, Analyzer& analyzer, const QueryText& query,
           const LexicalQueryOptions& options)
        : state_(state),
          analyzer_(analyzer),
          query_(query),
          options_(options),
          list_(analyzer, state.languages) {}

    Result<QueryTerms> run() {
        add_words();
        add_synonyms();
        LECTERN_TRY(add_prefixes());
        out_.terms = list_.take();
        LECTERN_TRY(read_heads(state_, out_.terms));
        if (options_.typos) LECTERN_TRY(add_near());
        weigh_content();
        LECTERN_TRY(add_excluded());
        mark();
        cut();
        return std::move(out_);
    }

 private:
    void add_words() {
        std::map<std::string_view, double> counts;
        for (const std::string& word : query_.words) counts[word] += 1;
        for (const auto& [word, count] : counts) {
            places_[word] = list_.add(word, count);
            if (places_[word].empty()) continue;
            if (text::is_stop_word(word)) {
                append(common_, places_[word]);
                continue;
            }
            content_[word] = out_.content.size();
            out_.content.push_back({places_[word], count, 0});
        }
        std::map<std::string_view, double> parts;
        for (const std::string& part : query_.parts) parts[part] += part_weight;
        for (const auto& [part, count] : parts) shown_of(list_.add(part, count));
        for (const std::vector<std::string>& phrase : query_.phrases)
            for (const std::string& word : phrase)
                if (const auto& terms = places_[word]; !terms.empty()) out_.any_of.push_back(terms);
    }

    void add_synonyms() {
        if (options_.synonyms == nullptr) return;
        const std::span<const std::string> words(query_.words);
        for (std::size_t at = 0; at < words.size();) {
            const Synonyms::Match match = options_.synonyms->match(words.subspan(at));
            if (match.count == 0) {
                ++at;
                continue;
            }
            for (const Synonyms::Words& other : *match.others) {
                const double weight = synonym_weight / static_cast<double>(other.size());
                for (const std::string& word : other) {
                    const std::vector<std::size_t> places = list_.add(word, weight);
                    shown_of(places);
                    // One word for one word: who has the other has what was asked for.
                    const auto meant = content_.find(words[at]);
                    if (match.count == 1 && other.size() == 1 && meant != content_.end())
                        append(out_.content[meant->second].places, places);
                }
            }
            at += match.count;
        }
    }

    Status add_prefixes() {
        for (const std::string& prefix : query_.prefixes) {
            LECTERN_ASSIGN(const auto terms, expand_prefix(state_, without_accents(prefix)));
            std::vector<std::size_t>& any = out_.any_of.emplace_back();
            for (const std::string& term : terms) any.push_back(list_.add_term(term, 1));
        }
        if (!options_.prefix || query_.last.empty()) return {};
        LECTERN_ASSIGN(const auto terms, expand_prefix(state_, without_accents(query_.last)));
        for (const std::string& term : terms) {
            const std::size_t place = list_.add_term(term, typed_on_weight);
            shown_.push_back(place);
            typed_on_.push_back(place);
        }
        return {};
    }

    [[nodiscard]] bool found(const std::vector<std::size_t>& places) const {
        return std::any_of(places.begin(), places.end(),
                           [&](std::size_t place) { return out_.terms[place].chunks > 0; });
    }

    // What may have been meant by words that no chunk has.
    Status add_near() {
        std::size_t looked_at = 0;
        for (const auto& [word, content] : content_) {
            if (found(out_.content[content].places)) continue;
            if (word == query_.last && found(typed_on_)) continue;
            const unsigned edits = typing_edits(word);
            if (edits == 0 || ++looked_at > most_mistyped) continue;
            std::vector<NearTerm> near;
            for (const std::size_t place : places_[word]) {
                LECTERN_ASSIGN(const auto more,
                               near_terms(state_, out_.terms[place].term, edits, most_near));
                near.insert(near.end(), more.begin(), more.end());
            }
            if (near.empty()) {
                LECTERN_ASSIGN(near, near_forms(word, edits));
            }
            if (near.empty()) continue;
            const unsigned least = std::min_element(near.begin(), near.end(),
                                                    [](const NearTerm& a, const NearTerm& b) {
                                                        return a.edits < b.edits;
                                                    })
                                       ->edits;
            for (const NearTerm& one : near)
                if (one.edits == least) add_near_term(one, content);
            out_.hints.push_back("no passage has the word '" + std::string(word) +
                                 "'; words that are spelt nearly so were looked for");
        }
        return read_heads(state_, out_.terms);
    }

    // A mistake may hide the ending, so that the stem is far from the right one: "parameterss". The
    // word with each letter left out, and with each two changed, is stemmed anew.
    Result<std::vector<NearTerm>> near_forms(std::string_view word, unsigned edits) {
        TermList forms(analyzer_, state_.languages);
        for (const std::string& form : mended_forms(word)) (void)forms.add(form, 1);
        std::vector<QueryTerm> terms = forms.take();
        LECTERN_TRY(read_heads(state_, terms));
        std::vector<NearTerm> out;
        for (const QueryTerm& term : terms)
            if (term.chunks > 0) out.push_back({term.term, 1, term.chunks});
        if (out.empty() && edits > 1)
            for (const QueryTerm& term : terms) {
                LECTERN_ASSIGN(auto more, near_terms(state_, term.term, 1, most_near));
                for (NearTerm& one : more) out.push_back({std::move(one.term), 2, one.chunks});
            }
        std::stable_sort(out.begin(), out.end(),
                         [](const NearTerm& a, const NearTerm& b) { return a.chunks > b.chunks; });
        if (out.size() > most_near) out.resize(most_near);
        return out;
    }

    void add_near_term(const NearTerm& near, std::size_t content) {
        ContentWord& word = out_.content[content];
        const auto known =
            std::find_if(out_.terms.begin(), out_.terms.end(),
                         [&](const QueryTerm& one) { return one.term == near.term; });
        const auto place = static_cast<std::size_t>(known - out_.terms.begin());
        if (known == out_.terms.end())
            out_.terms.push_back(
                {near.term, near_weight[near.edits] * word.count, 0, {}, no_word, false});
        append(word.places, {place});
    }

    void weigh_content() {
        for (std::size_t i = 0; i < out_.content.size(); ++i)
            for (const std::size_t place : out_.content[i].places) {
                QueryTerm& term = out_.terms[place];
                // A word has a stem of its own in few of the languages.
                out_.content[i].chunks = std::max(out_.content[i].chunks, term.chunks);
                if (term.word == no_word) term.word = i;
            }
        for (const std::size_t place : common_)
            out_.terms[place].common = out_.terms[place].word == no_word;
    }

    Status add_excluded() {
        for (const std::vector<std::string>& words : query_.without) {
            if (words.size() != 1) continue;
            ExcludedWord& one = out_.without.emplace_back();
            TermList whole(analyzer_, state_.languages);
            (void)whole.add(words.front(), 1);
            one.any = whole.take();
            LECTERN_TRY(read_heads(state_, one.any));
            // "\uC120\uBC15" within a longer word of Hangul is found by its pairs of syllables.
            TermList parts(analyzer_, state_.languages);
            for (const std::string& part : pairs_of(words.front())) (void)parts.add(part, 1);
            one.all = parts.take();
            LECTERN_TRY(read_heads(state_, one.all));
        }
        return {};
    }

    // The parts of a word that is all Hangul; else none.
    [[nodiscard]] static std::vector<std::string> pairs_of(const std::string& word) {
        constexpr std::string_view first_syllable = "\uAC00";
        constexpr std::string_view behind_last = "\uD7A4";
        for (std::size_t at = 0; at < word.size(); at += 3) {
            const std::string_view syllable = std::string_view(word).substr(at, 3);
            if (syllable < first_syllable || syllable >= behind_last) return {};
        }
        const std::vector<IndexedWord> read = indexed_words(word);
        return read.size() == 1 ? read.front().parts : std::vector<std::string>{};
    }

    void mark() {
        for (const ContentWord& word : out_.content) append(shown_, word.places);
        if (shown_.empty())  // "to be or not to be"
            for (const auto& [word, places] : places_) append(shown_, places);
        for (const std::size_t place : shown_) out_.marked.insert(out_.terms[place].term);
    }

    void cut() {
        if (out_.terms.size() <= most_terms || !out_.any_of.empty()) return;
        std::erase_if(out_.terms, [](const QueryTerm& term) { return term.chunks <= 0; });
        std::stable_sort(out_.terms.begin(), out_.terms.end(),
                         [](const auto& a, const auto& b) { return a.chunks < b.chunks; });
        if (out_.terms.size() > most_terms) out_.terms.resize(most_terms);
        // The places are others, and so long a query names no one thing.
        for (QueryTerm& term : out_.terms) term.word = no_word;
        out_.content.clear();
    }

    static void append(std::vector<std::size_t>& to, const std::vector<std::size_t>& places) {
        to.insert(to.end(), places.begin(), places.end());
    }
    void shown_of(const std::vector<std::size_t>& places) { append(shown_, places); }

    const State& state_;
    Analyzer& analyzer_;
    const QueryText& query_;
    const LexicalQueryOptions& options_;
    TermList list_;
    QueryTerms out_;
    std::map<std::string_view, std::vector<std::size_t>> places_;  // of the words' own terms
    std::map<std::string_view, std::size_t> content_;              // places in out_.content
    std::vector<std::size_t> common_;                              // of words without content
    std::vector<std::size_t> shown_;
    std::vector<std::size_t> typed_on_;
};

}  // namespace

Result<QueryTerms> look_up(const State& state, Analyzer& analyzer, const QueryText& query,
                           const LexicalQueryOptions& options) {
    return LookUp(state, analyzer, query, options).run();
}

Result<std::vector<std::string>> telling_words(const State& state, Analyzer& analyzer,
                                               std::string_view title, std::string_view text,
                                               std::size_t chunks, std::size_t most) {
    constexpr std::size_t read_bytes = 64U << 10U;  // more say no more
    constexpr double in_title = 2;
    const text::Language language = analyzer.language(title, text);
    struct Count {
        double weight = 0;
        std::size_t own = 0;  // chunks of the document that have it, at most
    };
    std::map<std::string, Count> counts;
    const auto count = [&counts, chunks](std::string_view part, double weight, std::size_t own) {
        for (text::Word& word : spelled_words(part)) {
            if (text::is_stop_word(word.folded)) continue;
            Count& one = counts[std::move(word.folded)];
            one.weight += weight;
            one.own = std::min(one.own + own, chunks);
        }
    };
    count(title, in_title, chunks);  // every chunk has the title
    count(text::prefix(text, read_bytes), 1, 1);
    std::vector<QueryTerm> terms;
    std::vector<const std::string*> names;
    for (const auto& [word, times] : counts) {
        std::string term = analyzer.term(word, language);
        if (term.empty()) continue;
        terms.push_back({std::move(term), times.weight, 0, {}, no_word, false});
        names.push_back(&word);
    }
    LECTERN_TRY(read_heads(state, terms));
    std::vector<std::pair<const std::string*, double>> words;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (terms[i].chunks > static_cast<std::int64_t>(counts[*names[i]].own))
            words.emplace_back(
                names[i], std::log1p(terms[i].count) *
                              inverse_document_frequency(state.totals.chunks, terms[i].chunks));
    std::stable_sort(words.begin(), words.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> out;
    for (const auto& [word, weight] : words) {
        if (out.size() == most) break;
        out.push_back(*word);
    }
    return out;
}

}  // namespace lectern::index::lexical
