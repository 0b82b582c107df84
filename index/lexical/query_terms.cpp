#include "index/lexical/query_terms.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "index/lexical/cursor.hpp"
#include "index/lexical/spelling.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {

namespace {
constexpr std::size_t most_expansions = 64;
constexpr std::size_t most_heads_seen = 4096;  // of one prefix in one segment
constexpr std::size_t shortest_stem = 3;       // of a prefix longer than itself
constexpr double part_weight = 0.4;            // beside the whole word's 1
}  // namespace

TermList::TermList(Analyzer& analyzer, std::uint32_t languages) : analyzer_(analyzer) {
    for (std::size_t i = 0; i < text::language_count; ++i)
        if ((languages >> i & 1U) != 0) languages_.push_back(static_cast<text::Language>(i));
}

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
    if (added) terms_.push_back({term, 0, 0, {}});
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

// Reads the heads of all terms in all segments at once.
Status read_heads(const State& state, std::vector<QueryTerm>& terms) {
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

}  // namespace

Result<QueryTerms> look_up(const State& state, Analyzer& analyzer, const QueryText& query) {
    TermList list(analyzer, state.languages);
    QueryTerms out;
    std::map<std::string_view, double> counts;
    for (const std::string& word : query.words) counts[word] += 1;
    std::map<std::string_view, std::vector<std::size_t>> places;
    for (const auto& [word, count] : counts) {
        places[word] = list.add(word, count);
        if (!places[word].empty() && !text::is_stop_word(word))
            out.content.emplace_back(places[word], count);
    }
    std::map<std::string_view, double> parts;
    for (const std::string& part : query.parts) parts[part] += part_weight;
    for (const auto& [part, count] : parts) list.add(part, count);
    for (const std::vector<std::string>& phrase : query.phrases)
        for (const std::string& word : phrase)
            if (const auto& terms = places[word]; !terms.empty()) out.any_of.push_back(terms);
    for (const std::string& prefix : query.prefixes) {
        LECTERN_ASSIGN(const auto terms, expand_prefix(state, without_accents(prefix)));
        std::vector<std::size_t>& any = out.any_of.emplace_back();
        for (const std::string& term : terms) any.push_back(list.add_term(term, 1));
    }
    out.terms = list.take();
    LECTERN_TRY(read_heads(state, out.terms));
    if (out.terms.size() > most_terms && out.any_of.empty()) {
        std::erase_if(out.terms, [](const QueryTerm& term) { return term.chunks <= 0; });
        std::stable_sort(out.terms.begin(), out.terms.end(),
                         [](const auto& a, const auto& b) { return a.chunks < b.chunks; });
        if (out.terms.size() > most_terms) out.terms.resize(most_terms);
        out.content.clear();  // the places are others, and so long a query names no one thing
    }
    return out;
}

}  // namespace lectern::index::lexical
