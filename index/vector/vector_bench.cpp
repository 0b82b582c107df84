// vector_bench [ROWS [DIMENSION]]: searches per second and recall of the vector index against a
// bare FAISS HNSW of the same parameters over the same rows, in turns, within one run, on one
// thread; and what building costs. Prints one JSON object. Run it on a quiet machine.
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <vector>

#include "index/vector/vector_index.hpp"
#include "tests/support/test_folder.hpp"

namespace {

using namespace lectern;
using Clock = std::chrono::steady_clock;
constexpr std::size_t queries = 500;
constexpr std::size_t k = 10;
constexpr int rounds = 5;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Unit vectors around centres, as embeddings of texts on some subjects are.
std::vector<float> make_rows(std::size_t rows, std::size_t dimension, unsigned seed) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> centres(200 * dimension);
    for (float& value : centres) value = normal(random);
    random.seed(seed);
    std::vector<float> out(rows * dimension);
    for (std::size_t i = 0; i < rows; ++i) {
        float* row = out.data() + i * dimension;
        const float* centre = centres.data() + random() % 200 * dimension;
        float length = 0;
        for (std::size_t j = 0; j < dimension; ++j) {
            row[j] = centre[j] + normal(random);
            length += row[j] * row[j];
        }
        for (std::size_t j = 0; j < dimension; ++j) row[j] /= std::sqrt(length);
    }
    return out;
}

double recall(const std::vector<std::vector<std::int64_t>>& found,
              const std::vector<faiss::idx_t>& exact) {
    std::size_t hits = 0;
    for (std::size_t q = 0; q < queries; ++q) {
        const std::set<std::int64_t> wanted(
            exact.begin() + static_cast<std::ptrdiff_t>(q * k),
            exact.begin() + static_cast<std::ptrdiff_t>((q + 1) * k));
        for (const std::int64_t id : found[q]) hits += wanted.count(id);
    }
    return static_cast<double>(hits) / static_cast<double>(queries * k);
}

Status run(std::size_t rows, std::size_t dimension) {
    const std::vector<float> data = make_rows(rows, dimension, 2);
    const std::vector<float> asked = make_rows(queries, dimension, 3);
    omp_set_num_threads(1);

    const TestFolder folder;
    LECTERN_ASSIGN(const auto store,
                   storage::Store::open(folder.path(), {.create_if_missing = true}));
    LECTERN_ASSIGN(const auto made,
                   store->add_generation({.fingerprint = "bench",
                                          .dimension = static_cast<std::uint32_t>(dimension)}));
    index::VectorIndexOptions options;
    options.generation = made.number;
    options.seal_at = rows;  // one segment, as the bare index is one graph
    options.build_in_background = false;
    LECTERN_ASSIGN(const auto ours, index::VectorIndex::open(*store, options));
    std::vector<std::int64_t> row_of(rows + 1, -1);  // of a chunk id
    Clock::time_point begin = Clock::now();
    for (std::size_t at = 0; at < rows;) {
        storage::WriteGroup group;
        const std::size_t end = std::min(rows, at + 1000);
        for (std::size_t i = at; i < end; ++i) {
            storage::PutDocument document;
            document.id.append(std::to_string(i));
            document.text = "x";
            document.chunks = {{0, 1, 1}};
            const auto row = data.begin() + static_cast<std::ptrdiff_t>(i * dimension);
            document.vectors = {{made.number, {row, row + static_cast<std::ptrdiff_t>(dimension)}}};
            group.puts.push_back(std::move(document));
        }
        LECTERN_ASSIGN(const auto done, store->commit(group, false));
        for (std::size_t i = at; i < end; ++i) {
            const auto chunk = static_cast<std::size_t>(done.documents[i - at].chunks.first);
            if (chunk >= row_of.size()) row_of.resize(chunk + 1, -1);
            row_of[chunk] = static_cast<std::int64_t>(i);
        }
        LECTERN_TRY(
            ours->apply(done.change, {data.data() + at * dimension, (end - at) * dimension}));
        at = end;
    }
    const double stored = seconds_since(begin);
    begin = Clock::now();
    LECTERN_TRY(ours->flush());
    const double built = seconds_since(begin);

    faiss::IndexHNSWFlat bare(static_cast<int>(dimension), options.links,
                              faiss::METRIC_INNER_PRODUCT);
    bare.hnsw.efConstruction = options.ef_construction;
    bare.hnsw.efSearch = options.ef_search;
    begin = Clock::now();
    bare.add(static_cast<faiss::idx_t>(rows), data.data());
    const double bare_built = seconds_since(begin);

    faiss::IndexFlatIP flat(static_cast<faiss::idx_t>(dimension));
    flat.add(static_cast<faiss::idx_t>(rows), data.data());
    std::vector<float> scores(queries * k);
    std::vector<faiss::idx_t> exact(queries * k);
    flat.search(queries, asked.data(), k, scores.data(), exact.data());

    std::vector<std::vector<std::int64_t>> found(queries);
    std::vector<std::vector<std::int64_t>> bare_found(queries);
    double best = 1e9;
    double bare_best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        begin = Clock::now();
        for (std::size_t q = 0; q < queries; ++q) {
            LECTERN_ASSIGN(const auto hits,
                           ours->search({asked.data() + q * dimension, dimension}, k));
            found[q].clear();
            for (const index::Scored& hit : hits)
                found[q].push_back(row_of[static_cast<std::size_t>(hit.chunk)]);
        }
        best = std::min(best, seconds_since(begin));
        begin = Clock::now();
        for (std::size_t q = 0; q < queries; ++q) {
            faiss::idx_t ids[k];
            float values[k];
            bare.search(1, asked.data() + q * dimension, k, values, ids);
            bare_found[q].assign(ids, ids + k);
        }
        bare_best = std::min(bare_best, seconds_since(begin));
    }
    std::printf(
        "{\"rows\":%zu,\"dimension\":%zu,\"searches_per_second\":%.0f,"
        "\"bare_searches_per_second\":%.0f,\"ratio\":%.3f,\"recall_at_10\":%.4f,"
        "\"bare_recall_at_10\":%.4f,\"store_seconds\":%.2f,\"build_seconds\":%.2f,"
        "\"bare_build_seconds\":%.2f}\n",
        rows, dimension, queries / best, queries / bare_best, bare_best / best,
        recall(found, exact), recall(bare_found, exact), stored, built, bare_built);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 50'000;
    const std::size_t dimension = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 384;
    const Status status = run(rows, dimension);
    if (!status.ok()) std::fprintf(stderr, "vector_bench: %s\n", status.message().c_str());
    return status.ok() ? 0 : 1;
}
