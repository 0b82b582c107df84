// Searches of the vector index.
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>

#include <cmath>

#include "index/vector/impl.hpp"
#include "index/vector/lists.hpp"

namespace lectern::index {
namespace {

using storage::ChunkId;
using storage::VectorEncoding;

// A filter that passes a smaller part of a segment than this is answered row by row: the graph
// would be walked mostly over rows that may not be found.
constexpr double exact_below = 0.05;
// Of lists: codes are looked through faster than rows are guessed one by one.
constexpr double exact_below_of_lists = 0.005;
// A walk of breadth ef scores about this many rows for each of ef.
constexpr double scored_per_breadth = 16;
constexpr int widest_search = 2048;

// Rows of a segment that may be found.
struct Selector : faiss::IDSelector {
    Selector(const Segment& of, const std::function<bool(ChunkId)>& filter)
        : segment(of), allows(filter) {}
    [[nodiscard]] bool is_member(faiss::idx_t row) const override {
        const auto at = static_cast<std::size_t>(row);
        return segment.dead[at] == 0 && (!allows || allows(segment.ids[at]));
    }
    const Segment& segment;
    const std::function<bool(ChunkId)>& allows;
};

// How much of a segment may be found, by some of its rows.
double part_that_passes(const Segment& segment, const faiss::IDSelector& selector) {
    const std::size_t rows = segment.ids.size();
    const std::size_t step = std::max<std::size_t>(rows / 256, 1);
    std::size_t looked = 0;
    std::size_t passed = 0;
    for (std::size_t at = 0; at < rows; at += step, ++looked)
        if (selector.is_member(static_cast<faiss::idx_t>(at))) ++passed;
    return static_cast<double>(passed) / static_cast<double>(looked);
}

// The rows of the chunks that are allowed and not removed, a bit each; and how many.
std::vector<std::uint8_t> bits_of(const Segment& segment, const std::vector<ChunkId>& allowed,
                                  std::size_t& passed) {
    std::vector<std::uint8_t> bits(segment.ids.size() / 8 + 1);
    passed = 0;
    auto row = segment.ids.begin();
    for (auto id = std::lower_bound(allowed.begin(), allowed.end(), segment.ids.front());
         id != allowed.end() && row != segment.ids.end(); ++id) {
        if (*row < *id) row = std::lower_bound(row, segment.ids.end(), *id);
        if (row == segment.ids.end() || *row != *id) continue;
        const auto at = static_cast<std::size_t>(row - segment.ids.begin());
        if (segment.dead[at] != 0) continue;
        bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | 1U << at % 8);
        ++passed;
    }
    return bits;
}

// How many rows of lossy segments are scored again with the store's vectors.
std::size_t looked_at_again(VectorEncoding encoding, std::size_t k) {
    switch (encoding) {
        case VectorEncoding::pq: return 8 * k + 64;
        case VectorEncoding::int8: return 2 * k + 16;
        default: return k + 16;
    }
}

auto offering(const std::vector<ChunkId>& ids, Best& best) {
    return [&ids, &best](std::size_t at, float score) { best.offer(ids[at], score); };
}

}  // namespace

Result<std::vector<Scored>> VectorIndex::Impl::search(std::span<const float> query, std::size_t k,
                                                      const Filter& filter) const {
    if (query.size() != dimension_)
        return Status{Code::invalid_argument, "the query has " + std::to_string(query.size()) +
                                                  " components; the index has dimension " +
                                                  std::to_string(dimension_)};
    if (!std::all_of(query.begin(), query.end(), [](float x) { return std::isfinite(x); }))
        return Status{Code::invalid_argument, "a component of the query is not a finite number"};
    if (k == 0) return std::vector<Scored>{};
    // Compressed rows give rough scores; so more of them are looked at again.
    const bool rough_scores = options_.vectors != VectorEncoding::f32;
    Best best(k);
    Best rough(looked_at_again(options_.vectors, k));
    {
        const std::shared_lock lock(mutex_);
        find_best(query, filter, best, rough_scores ? rough : best);
    }
    if (rough_scores) LECTERN_TRY(score_from_store(query, rough.take(), best));
    return best.take();
}

void VectorIndex::Impl::find_best(std::span<const float> query, const Filter& filter, Best& exact,
                                  Best& from_segments) const {
    const std::size_t all = live_rows();
    const bool lists = options_.vectors == VectorEncoding::pq;
    const double few = (lists ? exact_below_of_lists : exact_below) * static_cast<double>(all);
    if (filter.allowed != nullptr &&
        static_cast<double>(filter.allowed->size()) <= std::max(1000.0, few))
        return compare(query, *filter.allowed, offering(*filter.allowed, exact),
                       offering(*filter.allowed, from_segments));
    std::function<bool(ChunkId)> allows = filter.allows;
    if (filter.allowed != nullptr)
        allows = [&](ChunkId id) {
            return std::binary_search(filter.allowed->begin(), filter.allowed->end(), id);
        };
    for (const auto& segment : segments_) {
        if (segment->lists)
            search_lists(*segment, query, filter, from_segments);
        else
            search_segment(*segment, query, allows, from_segments);
    }
    tail_.search(query, allows, exact);
}

void VectorIndex::Impl::compare(
    std::span<const float> query, std::span<const ChunkId> ids,
    const std::function<void(std::size_t at, float score)>& exact,
    const std::function<void(std::size_t at, float score)>& from_segments) const {
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (const float* row = tail_.find(ids[i]))
            exact(i, faiss::fvec_inner_product(query.data(), row, dimension_));
    for (const auto& segment : segments_) {
        const Scorer scorer = segment->scorer(query);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::size_t at = segment->find(ids[i]);
            if (at < segment->ids.size() && segment->dead[at] == 0)
                from_segments(i, (*scorer)(static_cast<faiss::idx_t>(at)));
        }
    }
}

void VectorIndex::Impl::search_segment(const Segment& segment, std::span<const float> query,
                                       const std::function<bool(ChunkId)>& allows,
                                       Best& best) const {
    const std::size_t rows = segment.ids.size();
    const std::size_t k = best.wanted();
    const Selector selector(segment, allows);
    const double part = part_that_passes(segment, selector);
    const Scorer scorer = segment.scorer(query);
    const auto offer = [&](faiss::idx_t at) {
        best.offer(segment.ids[static_cast<std::size_t>(at)], (*scorer)(at));
    };
    // The walk must be as much broader as fewer rows pass.
    const double wanted = static_cast<double>(
        std::max<std::size_t>(static_cast<std::size_t>(std::max(options_.ef_search, 1)), k));
    const double walked = part > 0 ? wanted / part * scored_per_breadth : 0;
    if (part >= exact_below && k < rows && walked < part * static_cast<double>(rows)) {
        faiss::SearchParametersHNSW parameters;
        parameters.efSearch = static_cast<int>(std::max<double>(
            static_cast<double>(k), std::min<double>(wanted / part, widest_search)));
        Selector chosen = selector;
        const bool everything = !allows && segment.dead_count == 0;
        parameters.sel = everything ? nullptr : &chosen;
        std::vector<float> scores(k);
        std::vector<faiss::idx_t> found(k);
        segment.graph->search(1, query.data(), static_cast<faiss::idx_t>(k), scores.data(),
                              found.data(), &parameters);
        // Fewer than k: the walk ended early among rows that may not be found.
        if (std::count(found.begin(), found.end(), -1) == 0) {
            std::for_each(found.begin(), found.end(), offer);
            return;
        }
    }
    for (std::size_t at = 0; at < rows; ++at)
        if (selector.is_member(static_cast<faiss::idx_t>(at))) offer(static_cast<faiss::idx_t>(at));
}

void VectorIndex::Impl::search_lists(const Segment& segment, std::span<const float> query,
                                     const Filter& filter, Best& best) {
    const faiss::IndexIVFPQ& lists = *segment.lists;
    const Selector selector(segment, filter.allows);
    const faiss::IDSelector* chosen = nullptr;
    std::vector<std::uint8_t> bits;
    std::optional<faiss::IDSelectorBitmap> by_bits;
    double part = 1;
    if (filter.allowed != nullptr) {
        std::size_t passed = 0;
        bits = bits_of(segment, *filter.allowed, passed);
        if (passed == 0) return;
        part = static_cast<double>(passed) / static_cast<double>(segment.ids.size());
        chosen = &by_bits.emplace(bits.size(), bits.data());
    } else if (filter.allows || segment.dead_count > 0) {
        part = part_that_passes(segment, selector);
        chosen = &selector;
    }
    const std::size_t k = std::min(best.wanted(), segment.ids.size());
    std::vector<float> scores(k);
    std::vector<faiss::idx_t> found(k);
    // As many more lists as fewer rows pass; all of them where some of the k were not found.
    const auto usual = static_cast<double>(lists_looked_through(lists));
    const auto all = static_cast<double>(lists.nlist);
    for (double looked = part > 0 ? std::min(usual / part, all) : all;; looked = all) {
        faiss::SearchParametersIVF parameters;
        parameters.sel = const_cast<faiss::IDSelector*>(chosen);
        parameters.nprobe = static_cast<std::size_t>(looked);
        std::vector<float> near(parameters.nprobe);
        std::vector<faiss::idx_t> centres(parameters.nprobe);
        lists.quantizer->search(1, query.data(), static_cast<faiss::idx_t>(parameters.nprobe),
                                near.data(), centres.data());
        faiss::IndexIVFStats own;  // else of all searches, without a lock
        lists.search_preassigned(1, query.data(), static_cast<faiss::idx_t>(k), centres.data(),
                                 near.data(), scores.data(), found.data(), false, &parameters,
                                 &own);
        if (parameters.nprobe == lists.nlist || std::count(found.begin(), found.end(), -1) == 0)
            break;
    }
    for (std::size_t i = 0; i < k; ++i)
        if (found[i] >= 0) best.offer(segment.ids[static_cast<std::size_t>(found[i])], scores[i]);
}

std::vector<std::optional<float>> VectorIndex::Impl::scores(std::span<const float> query,
                                                            std::span<const ChunkId> chunks) const {
    std::vector<std::optional<float>> out(chunks.size());
    if (options_.vectors != VectorEncoding::f32 || query.size() != dimension_) return out;
    const auto take = [&out](std::size_t at, float score) { out[at] = score; };
    const std::shared_lock lock(mutex_);
    compare(query, chunks, take, take);
    return out;
}

Status VectorIndex::Impl::score_from_store(std::span<const float> query,
                                           const std::vector<Scored>& rough, Best& best) const {
    std::vector<ChunkId> ids;
    ids.reserve(rough.size());
    for (const Scored& row : rough) ids.push_back(row.chunk);
    LECTERN_ASSIGN(const auto stored, store_.reader().vectors(options_.generation, ids));
    std::size_t next = 0;
    for (const Scored& row : rough) {
        if (next == stored.found.size() || stored.found[next] != row.chunk) {
            best.offer(row.chunk, row.score);
            continue;
        }
        best.offer(row.chunk,
                   faiss::fvec_inner_product(query.data(), stored.values.data() + next * dimension_,
                                             dimension_));
        ++next;
    }
    return {};
}

}  // namespace lectern::index
