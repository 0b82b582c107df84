#include "index/lexical/candidates.hpp"

#include <algorithm>
#include <cstdint>

#include "index/lexical/cursor.hpp"

namespace lectern::index::lexical {
namespace {

// A set of a segment's rows.
class Rows {
 public:
    Rows(std::size_t count, bool all) : bits_(count, all) {}
    [[nodiscard]] bool has(std::size_t row) const { return bits_[row]; }
    void add(std::size_t row) { bits_[row] = true; }
    void keep(const Rows& others) {
        for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] = bits_[i] && others.bits_[i];
    }
    void drop(const Rows& others) {
        for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] = bits_[i] && !others.bits_[i];
    }

 private:
    std::vector<bool> bits_;
};

class SegmentCandidates {
 public:
    SegmentCandidates(const State& state, std::size_t place)
        : state_(state),
          live_(state.segments[place]),
          place_(place),
          rows_(live_.segment->rows(), true) {}

    Status narrow(const QueryTerms& query) {
        for (const std::vector<std::size_t>& places : query.any_of) {
            Rows any = none();
            for (const std::size_t place : places) LECTERN_TRY(add(query.terms[place], any));
            rows_.keep(any);
        }
        for (const ExcludedWord& word : query.without) {
            Rows any = none();
            for (const QueryTerm& term : word.any) LECTERN_TRY(add(term, any));
            rows_.drop(any);
            if (word.all.empty()) continue;
            Rows all(live_.segment->rows(), true);
            for (const QueryTerm& term : word.all) {
                Rows one = none();
                LECTERN_TRY(add(term, one));
                all.keep(one);
            }
            rows_.drop(all);
        }
        return {};
    }

    void take(std::vector<storage::ChunkId>& out) const {
        std::uint32_t row = 0;
        for (const storage::ChunkRange& range : live_.segment->ranges)
            for (storage::ChunkId chunk = range.first; chunk < range.end(); ++chunk, ++row)
                if (rows_.has(row) && !live_.removed->has(row)) out.push_back(chunk);
    }

 private:
    [[nodiscard]] Rows none() const { return {live_.segment->rows(), false}; }

    Status add(const QueryTerm& term, Rows& rows) const {
        if (place_ >= term.heads.size() || term.heads[place_].count == 0) return {};
        std::vector<Posting> postings;
        const std::string key = head_key(live_.segment->number, term.term);
        LECTERN_TRY(read_list(state_.reader, key, term.heads[place_], postings));
        for (const Posting& posting : postings) {
            if (posting.row >= live_.segment->rows()) return corrupt_list(key);
            rows.add(posting.row);
        }
        return {};
    }

    const State& state_;
    const LiveSegment& live_;
    const std::size_t place_;
    Rows rows_;
};

}  // namespace

Result<std::optional<std::vector<storage::ChunkId>>> candidates(const State& state,
                                                                const QueryText& text,
                                                                const QueryTerms& query) {
    if (!text.has_conditions()) return std::optional<std::vector<storage::ChunkId>>{};
    std::vector<storage::ChunkId> out;
    for (std::size_t i = 0; i < state.segments.size(); ++i) {
        if (state.segments[i].segment->rows() == 0) continue;
        SegmentCandidates segment(state, i);
        LECTERN_TRY(segment.narrow(query));
        segment.take(out);
    }
    std::sort(out.begin(), out.end());
    return std::optional(std::move(out));
}

}  // namespace lectern::index::lexical
