#include "index/lexical/top_k.hpp"

#include <algorithm>

namespace lectern::index::lexical {

void Best::add(storage::ChunkId chunk, double score, WordMatch match) {
    if (k_ == 0) return;
    if (heap_.size() == k_) {
        std::pop_heap(heap_.begin(), heap_.end(), better);
        heap_.pop_back();
    }
    heap_.push_back({score, chunk, match});
    std::push_heap(heap_.begin(), heap_.end(), better);
}

void Best::take(std::vector<Scored>& hits, std::vector<WordMatch>& matches) {
    std::sort(heap_.begin(), heap_.end(), better);
    hits.reserve(heap_.size());
    matches.reserve(heap_.size());
    for (const Entry& entry : heap_) {
        hits.push_back({entry.chunk, static_cast<float>(entry.score)});
        matches.push_back(entry.match);
    }
}

namespace {

// Sums of bounds are larger than sums of scores in exact arithmetic; rounding must not undo that.
constexpr double rounding = 1 + 1e-9;
constexpr std::uint64_t steps_between_questions = 4096;

class SegmentSearch {
 public:
    SegmentSearch(const SegmentQuery& query, std::vector<Cursor>& cursors,
                  const std::function<bool()>& stopped, Best& best, TopKCounts& counts)
        : query_(query),
          cursors_(cursors),
          stopped_(stopped),
          best_(best),
          counts_(counts),
          present_(query.terms.size()),
          seen_(query.content.size()) {}

    Status run() {
        for (Cursor& cursor : cursors_)
            if (cursor.row() != no_row) order_.push_back(&cursor);
        if (const auto* allowed = query_.demands.filter->allowed;
            allowed != nullptr && few(*allowed))
            LECTERN_TRY(of_allowed(*allowed));
        else if (query_.skip_blocks)
            LECTERN_TRY(block_max_wand());
        else
            LECTERN_TRY(every_row());
        for (const Cursor& cursor : cursors_) {
            counts_.blocks_read += cursor.blocks_read();
            counts_.blocks += cursor.blocks();
            LECTERN_TRY(cursor.status());
        }
        return {};
    }

 private:
    [[nodiscard]] bool few(const std::vector<storage::ChunkId>& allowed) const {
        std::uint64_t postings = 0;
        for (const Cursor& cursor : cursors_) postings += cursor.postings();
        return allowed.size() < postings / 8 + 1;
    }
    [[nodiscard]] bool interrupted() {
        return ++steps_ % steps_between_questions == 0 && stopped_ && stopped_();
    }
    void sort() {
        // Nearly sorted already: all but a few cursors stand where they stood.
        for (std::size_t i = 1; i < order_.size(); ++i) {
            Cursor* moved = order_[i];
            std::size_t at = i;
            for (; at > 0 && order_[at - 1]->row() > moved->row(); --at)
                order_[at] = order_[at - 1];
            order_[at] = moved;
        }
        while (!order_.empty() && order_.back()->row() == no_row) order_.pop_back();
    }

    // The chunk at `row`, where the cursors that stand on it have all its terms.
    Status take(std::uint32_t row) {
        if (query_.removed.has(row)) return {};
        double score = 0;
        const bool mask = !query_.demands.any_of.empty();
        if (mask) std::fill(present_.begin(), present_.end(), false);
        for (const Cursor& cursor : cursors_) {
            if (cursor.row() != row) continue;
            score += cursor.score(query_.scorer);
            if (mask) present_[cursor.term()] = true;
        }
        counts_.scored += 1;
        if (score <= best_.threshold()) return {};
        for (const std::vector<std::size_t>& terms : query_.demands.any_of)
            if (std::none_of(terms.begin(), terms.end(),
                             [&](std::size_t term) { return present_[term]; }))
                return {};
        const storage::ChunkId chunk = query_.segment.chunk_of(row);
        const Filter& filter = *query_.demands.filter;
        if (filter.allows && !filter.allows(chunk)) return {};
        if (filter.allowed != nullptr &&
            !std::binary_search(filter.allowed->begin(), filter.allowed->end(), chunk))
            return {};
        if (const auto& among = query_.demands.among;
            among && !std::binary_search(among->begin(), among->end(), chunk))
            return {};
        if (query_.demands.meets) {
            LECTERN_ASSIGN(const bool met, query_.demands.meets(chunk));
            if (!met) return {};
        }
        best_.add(chunk, score, match(row));
        return {};
    }

    // The content words of the chunk at `row`, each once.
    [[nodiscard]] WordMatch match(std::uint32_t row) {
        WordMatch out;
        std::fill(seen_.begin(), seen_.end(), false);
        for (const Cursor& cursor : cursors_) {
            const std::size_t word = query_.terms[cursor.term()].word;
            if (cursor.row() != row || word == no_word || seen_[word]) continue;
            seen_[word] = true;
            const auto weight = static_cast<float>(query_.content[word]);
            out.rarest = std::max(out.rarest, weight);
            out.sum += weight;
        }
        return out;
    }

    Status of_allowed(const std::vector<storage::ChunkId>& allowed) {
        for (const storage::ChunkRange& range : query_.segment.ranges)
            for (auto at = std::lower_bound(allowed.begin(), allowed.end(), range.first);
                 at != allowed.end() && *at < range.end(); ++at) {
                if (interrupted()) return {};
                const std::uint32_t row = *query_.segment.row_of(*at);
                for (Cursor& cursor : cursors_) cursor.seek(row);
                LECTERN_TRY(take(row));
            }
        return {};
    }

    Status every_row() {
        for (sort(); !order_.empty(); sort()) {
            if (interrupted()) return {};
            const std::uint32_t row = order_.front()->row();
            LECTERN_TRY(take(row));
            for (Cursor* cursor : order_)
                if (cursor->row() == row) cursor->next();
        }
        return {};
    }

    Status block_max_wand() {
        for (sort(); !order_.empty(); sort()) {
            if (interrupted()) return {};
            const double threshold = best_.threshold();
            // The first row that could reach the best, by what whole lists can score.
            double most = 0;
            std::size_t pivot = 0;
            for (; pivot < order_.size(); ++pivot) {
                most += order_[pivot]->most();
                if (most * rounding > threshold) break;
            }
            if (pivot == order_.size()) return {};
            const std::uint32_t row = order_[pivot]->row();
            while (pivot + 1 < order_.size() && order_[pivot + 1]->row() == row) ++pivot;
            // The same by what their blocks there can score.
            double bound = 0;
            std::uint32_t last = no_row - 1;
            for (std::size_t i = 0; i <= pivot; ++i) {
                order_[i]->peek(row);
                bound += order_[i]->peeked_most();
                last = std::min(last, order_[i]->peeked_last());
            }
            if (bound * rounding > threshold) {
                if (order_.front()->row() == row) {
                    LECTERN_TRY(take(row));
                    for (std::size_t i = 0; i <= pivot; ++i) order_[i]->next();
                } else {
                    // The shortest list makes the longest leap.
                    shortest_before(row).seek(row);
                }
                continue;
            }
            // Nothing up to the end of one of these blocks, or to where another list joins.
            std::uint32_t next = last + 1;
            if (pivot + 1 < order_.size()) next = std::min(next, order_[pivot + 1]->row());
            for (std::size_t i = 0; i <= pivot; ++i) order_[i]->seek(std::max(next, row + 1));
        }
        return {};
    }

    [[nodiscard]] Cursor& shortest_before(std::uint32_t row) {
        Cursor* best = order_.front();
        for (Cursor* cursor : order_) {
            if (cursor->row() >= row) break;
            if (cursor->postings() < best->postings()) best = cursor;
        }
        return *best;
    }

    const SegmentQuery& query_;
    std::vector<Cursor>& cursors_;
    const std::function<bool()>& stopped_;
    Best& best_;
    TopKCounts& counts_;
    std::vector<Cursor*> order_;  // by row
    std::vector<bool> present_;
    std::vector<bool> seen_;
    std::uint64_t steps_ = 0;
};

}  // namespace

Status search_segment(const SegmentQuery& query, std::vector<Cursor>& cursors,
                      const std::function<bool()>& stopped, Best& best, TopKCounts& counts) {
    return SegmentSearch(query, cursors, stopped, best, counts).run();
}

}  // namespace lectern::index::lexical
