#include "index/vector/lists.hpp"

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/clone_index.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissException.h>
#include <faiss/invlists/InvertedLists.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace lectern::index {
namespace {

using storage::ChunkId;

constexpr std::size_t code_bits = 8;
constexpr std::size_t code_values = 1U << code_bits;
constexpr std::size_t most_lists = 1U << 16;
// FAISS asks for 39 rows a centre at least.
constexpr std::size_t sample_of_a_list = 40;
constexpr std::size_t sample_of_codes = 256 * code_values;
constexpr int steps_of_learning = 10;
// Rows in memory at once, and between two looks at `stop`.
constexpr std::size_t rows_at_once = 4096;
// Rows read from the store in one call.
constexpr std::size_t read_at_once = 1024;
// More rows than this for each that was there when the lists were made: they are made anew.
constexpr std::size_t lists_grow_up_to = 2;
constexpr std::size_t fewest_looked_through = 32;
constexpr std::size_t most_looked_through = 128;

std::size_t lists_for(std::size_t rows) {
    const auto wanted = static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(rows)));
    return std::clamp<std::size_t>(std::min(wanted, rows / sample_of_a_list), 1, most_lists);
}

// Codes of a row.
std::size_t parts_of(std::uint32_t dimension) {
    for (const std::uint32_t size : {6U, 4U, 8U, 5U, 3U, 7U, 2U})
        if (dimension % size == 0) return dimension / size;
    return dimension;
}

Status read_all(const RowReader& read, std::span<const ChunkId> ids, std::size_t dimension,
                float* out) {
    for (std::size_t at = 0; at < ids.size(); at += read_at_once) {
        const std::size_t count = std::min(read_at_once, ids.size() - at);
        LECTERN_TRY(read(ids.subspan(at, count), out + at * dimension));
    }
    return {};
}

// Rows from everywhere, at least as many as a code has values: few are there more than once.
Result<std::vector<float>> sample_of(std::span<const ChunkId> ids, const RowReader& read,
                                     std::size_t dimension, std::size_t lists) {
    const std::size_t count =
        std::min(ids.size(), std::max(lists * sample_of_a_list, sample_of_codes));
    std::vector<ChunkId> chosen(count);
    for (std::size_t i = 0; i < count; ++i) chosen[i] = ids[i * ids.size() / count];
    std::vector<float> rows(count * dimension);
    LECTERN_TRY(read_all(read, chosen, dimension, rows.data()));
    rows.resize(std::max(count, code_values) * dimension);
    for (std::size_t i = count * dimension; i < rows.size(); ++i)
        rows[i] = rows[i - count * dimension];
    return rows;
}

std::unique_ptr<faiss::IndexIVFPQ> empty_lists(std::uint32_t dimension, std::size_t lists) {
    auto centres = std::make_unique<faiss::IndexFlatIP>(static_cast<faiss::idx_t>(dimension));
    auto out =
        std::make_unique<faiss::IndexIVFPQ>(centres.get(), dimension, lists, parts_of(dimension),
                                            code_bits, faiss::METRIC_INNER_PRODUCT);
    (void)centres.release();
    out->own_fields = true;
    // FAISS writes to standard error below 39.
    out->cp.min_points_per_centroid = 1;
    out->pq.cp.min_points_per_centroid = 1;
    out->make_direct_map(true);  // from a row to its codes
    return out;
}

// False when `stop` became true. The centres are learned step by step, because FAISS does not look
// at the flag.
bool learn(faiss::IndexIVFPQ& lists, const std::vector<float>& sample,
           const std::atomic<bool>& stop) {
    const auto count = static_cast<faiss::idx_t>(sample.size() / static_cast<std::size_t>(lists.d));
    faiss::Clustering centres(lists.d, static_cast<int>(lists.nlist), lists.cp);
    centres.niter = 1;
    for (int step = 0; step < steps_of_learning; ++step) {
        if (stop) return false;
        centres.train(count, sample.data(), *lists.quantizer);
    }
    lists.quantizer->is_trained = true;
    if (stop) return false;
    lists.train(count, sample.data());  // the centres are there: the codes
    return true;
}

// The inner product with the vector that a row's codes stand for.
struct ListsScorer : faiss::DistanceComputer {
    explicit ListsScorer(const faiss::IndexIVFPQ& of)
        : lists(of), row(static_cast<std::size_t>(of.d)), other(row.size()) {}
    void set_query(const float* x) override { query = x; }
    float operator()(faiss::idx_t at) override {
        lists.reconstruct(at, row.data());
        return faiss::fvec_inner_product(query, row.data(), row.size());
    }
    float symmetric_dis(faiss::idx_t a, faiss::idx_t b) override {
        lists.reconstruct(a, row.data());
        lists.reconstruct(b, other.data());
        return faiss::fvec_inner_product(row.data(), other.data(), row.size());
    }
    const faiss::IndexIVFPQ& lists;
    std::vector<float> row;
    std::vector<float> other;
    const float* query = nullptr;
};

}  // namespace

Result<std::shared_ptr<Segment>> build_lists(const Segment* base, std::vector<ChunkId> ids,
                                             const RowReader& read, std::uint32_t dimension,
                                             const VectorIndexOptions& options,
                                             const std::atomic<bool>& stop) {
    const std::shared_ptr<Segment> given_up;
    auto segment = std::make_shared<Segment>();
    // For the calling thread alone; other threads keep their own number.
    omp_set_num_threads(static_cast<int>(std::max(options.threads, 1U)));
    try {
        if (base == nullptr) {
            segment->lists = empty_lists(dimension, lists_for(ids.size()));
            LECTERN_ASSIGN(const std::vector<float> sample,
                           sample_of(ids, read, dimension, segment->lists->nlist));
            if (!learn(*segment->lists, sample, stop)) return given_up;
        } else {
            std::unique_ptr<faiss::Index> copy(faiss::clone_index(base->lists.get()));
            auto* lists = dynamic_cast<faiss::IndexIVFPQ*>(copy.get());
            if (lists == nullptr) return Status{Code::internal, "FAISS copied another index"};
            (void)copy.release();
            segment->lists.reset(lists);
            segment->ids = base->ids;
        }
        std::vector<float> rows;
        for (std::size_t at = 0; at < ids.size(); at += rows_at_once) {
            if (stop) return given_up;
            const std::size_t count = std::min(rows_at_once, ids.size() - at);
            rows.resize(count * dimension);
            LECTERN_TRY(read_all(read, std::span(ids).subspan(at, count), dimension, rows.data()));
            segment->lists->add(static_cast<faiss::idx_t>(count), rows.data());
        }
    } catch (const faiss::FaissException& error) {
        return Status{Code::internal, std::string("building lists of vectors: ") + error.what()};
    }
    segment->ids.insert(segment->ids.end(), ids.begin(), ids.end());
    segment->dead.assign(segment->ids.size(), 0);
    return segment;
}

bool can_take(const faiss::IndexIVFPQ& lists, std::size_t rows) {
    // One list is of few rows, and codes that were learned from one row tell no others apart.
    if (lists.nlist == 1) return false;
    return lists_for(static_cast<std::size_t>(lists.ntotal) + rows) <=
           lists.nlist * lists_grow_up_to;
}

std::size_t lists_looked_through(const faiss::IndexIVFPQ& lists) {
    return std::min(lists.nlist,
                    std::clamp(lists.nlist / 16, fewest_looked_through, most_looked_through));
}

bool fits(const faiss::IndexIVFPQ& lists, std::uint32_t dimension, std::uint64_t count) {
    const std::size_t parts = parts_of(dimension);
    const auto* centres = dynamic_cast<const faiss::IndexFlat*>(lists.quantizer);
    const auto* inverted = dynamic_cast<const faiss::ArrayInvertedLists*>(lists.invlists);
    if (centres == nullptr || inverted == nullptr || !lists.is_trained ||
        lists.d != static_cast<int>(dimension) ||
        lists.ntotal != static_cast<faiss::idx_t>(count) ||
        lists.metric_type != faiss::METRIC_INNER_PRODUCT || lists.nlist == 0 ||
        centres->d != lists.d || centres->ntotal != static_cast<faiss::idx_t>(lists.nlist) ||
        centres->metric_type != faiss::METRIC_INNER_PRODUCT || lists.pq.M != parts ||
        lists.pq.nbits != code_bits || lists.pq.d != dimension ||
        lists.pq.centroids.size() != code_values * dimension || lists.code_size != parts ||
        inverted->nlist != lists.nlist || inverted->code_size != parts ||
        lists.direct_map.type != faiss::DirectMap::Array || lists.direct_map.array.size() != count)
        return false;
    std::uint64_t rows = 0;
    for (std::size_t list = 0; list < lists.nlist; ++list) {
        const std::size_t size = inverted->list_size(list);
        const faiss::idx_t* ids = inverted->get_ids(list);
        rows += size;
        // Where each row says that it lies, so none is there twice.
        for (std::size_t at = 0; at < size; ++at) {
            if (ids[at] < 0 || ids[at] >= lists.ntotal) return false;
            const auto place = static_cast<std::uint64_t>(
                lists.direct_map.array[static_cast<std::size_t>(ids[at])]);
            if (faiss::lo_listno(place) != list || faiss::lo_offset(place) != at) return false;
        }
    }
    return rows == count;
}

Scorer scorer_of(const faiss::IndexIVFPQ& lists) {
    return std::make_unique<ListsScorer>(lists);
}

bool matches(const faiss::IndexIVFPQ& lists, std::size_t row, std::span<const float> vector) {
    std::vector<float> kept(vector.size());
    lists.reconstruct(static_cast<faiss::idx_t>(row), kept.data());
    std::vector<std::uint8_t> code(lists.sa_code_size());
    std::vector<float> made(vector.size());
    lists.sa_encode(1, vector.data(), code.data());
    lists.sa_decode(1, code.data(), made.data());
    // Of two lists that are about as near the other may have been taken.
    constexpr float leeway = 1.1F;
    return faiss::fvec_L2sqr(kept.data(), vector.data(), vector.size()) <=
           leeway * faiss::fvec_L2sqr(made.data(), vector.data(), vector.size()) + 1e-6F;
}

std::size_t memory_bytes(const faiss::IndexIVFPQ& lists) {
    const auto rows = static_cast<std::size_t>(lists.ntotal);
    return rows * (lists.code_size + 2 * sizeof(faiss::idx_t)) +
           (lists.nlist + 3 * code_values) * static_cast<std::size_t>(lists.d) * sizeof(float);
}

}  // namespace lectern::index
