#include "index/lexical/search.hpp"

#include <algorithm>

#include "index/lexical/candidates.hpp"
#include "index/lexical/cursor.hpp"
#include "index/lexical/query_terms.hpp"
#include "index/lexical/top_k.hpp"

namespace lectern::index::lexical {
namespace {

Scorer scorer_of(const State& state, const Bm25& bm25) {
    const auto chunks = static_cast<double>(std::max<std::int64_t>(state.totals.chunks, 1));
    return {bm25, static_cast<double>(state.totals.text_words) / chunks,
            static_cast<double>(state.totals.title_words) / chunks};
}

// Whether each demand can be met by some list of the segment.
bool can_meet(const QueryTerms& query, std::size_t segment) {
    return std::all_of(query.any_of.begin(), query.any_of.end(), [&](const auto& terms) {
        return std::any_of(terms.begin(), terms.end(), [&](std::size_t term) {
            return query.terms[term].heads[segment].count > 0;
        });
    });
}

Status check(const Bm25& bm25) {
    const auto within = [](double value, double least, double most) {
        return value >= least && value <= most;  // false for NaN
    };
    if (within(bm25.k1, 0, 100) && within(bm25.b, 0, 1) && within(bm25.title_boost, 0, 100) &&
        within(bm25.title_b, 0, 1))
        return {};
    return {Code::invalid_argument,
            "BM25 takes k1 and title_boost from 0 to 100, and b and title_b from 0 to 1"};
}

}  // namespace

Result<LexicalResult> search(const LexicalQuery::Impl& query, std::size_t k,
                             const LexicalSearchOptions& options) {
    LECTERN_TRY(check(options.bm25));
    LexicalResult out;
    const State& state = *query.state;
    const QueryTerms& terms = query.terms;
    if (k == 0 || terms.terms.empty()) return out;

    std::vector<double> content;  // what each content word weighs
    out.rarest = inverse_document_frequency(state.totals.chunks, 1);
    for (const ContentWord& word : terms.content) {
        content.push_back(inverse_document_frequency(state.totals.chunks, word.chunks));
        out.asked += word.count * content.back();
        if (word.chunks > 0) out.known += word.count * content.back();
    }
    const Filter everything;
    Demands demands{terms.any_of, options.filter != nullptr ? options.filter : &everything, {}, {}};
    if (query.text.must_read())
        demands.meets = [&](storage::ChunkId chunk) -> Result<bool> {
            LECTERN_ASSIGN(const auto views, state.reader.chunk_views({&chunk, 1}));
            return views.front() && meets(views.front()->title, views.front()->text, query.text);
        };
    if (!terms.without.empty() && !options.filtered) {
        LECTERN_ASSIGN(auto chunks, candidates(state, query.text, terms));
        demands.among = std::move(chunks);
    }
    const Scorer scorer = scorer_of(state, options.bm25);
    Best best(k);
    TopKCounts counts;
    for (std::size_t i = 0; i < state.segments.size(); ++i) {
        const LiveSegment& live = state.segments[i];
        if (live.segment->rows() == 0 || !can_meet(terms, i)) continue;
        std::vector<Cursor> cursors;
        cursors.reserve(terms.terms.size());
        for (std::size_t term = 0; term < terms.terms.size(); ++term) {
            const QueryTerm& one = terms.terms[term];
            if (one.heads[i].count == 0) continue;
            const double rarity = one.common
                                      ? weight_of_common_word(state.totals.chunks, one.chunks)
                                      : inverse_document_frequency(state.totals.chunks, one.chunks);
            const double weight = one.count * rarity;
            cursors.emplace_back(state.reader, *live.segment,
                                 head_key(live.segment->number, one.term), one.heads[i], term,
                                 weight, scorer);
        }
        const SegmentQuery part{*live.segment, *live.removed,      scorer, demands, terms.terms,
                                content,       options.skip_blocks};
        LECTERN_TRY(search_segment(part, cursors, options.stopped, best, counts));
        if (options.stopped && options.stopped()) break;
    }
    best.take(out.hits, out.matches);
    out.scored = counts.scored;
    out.blocks_read = counts.blocks_read;
    out.blocks = counts.blocks;
    return out;
}

}  // namespace lectern::index::lexical
