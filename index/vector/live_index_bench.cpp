// The vector index against raw FAISS and against itself, as ratios of one run:
//     live_index_bench [ROWS]            (100,000 when not given; dimension 384)
// Prints the build against raw FAISS, recall@10 under filters and deletions against the exact
// answer, search at rest against search while rows come in and segments grow, and commits with and
// without fsync.
#include <faiss/IndexHNSW.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "index/vector/vector_index.hpp"
#include "tests/support/test_folder.hpp"

namespace {

using namespace lectern;
using Clock = std::chrono::steady_clock;
using index::VectorIndex;
using storage::ChunkId;

constexpr std::uint32_t dimension = 384;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <typename T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.status().message().c_str());
        std::exit(1);
    }
    return std::move(result).value();
}
void must(const Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.message().c_str());
    std::exit(1);
}

// Unit vectors around 1,000 centres, as embeddings of texts on some subjects are.
class Vectors {
 public:
    Vectors() : centres_(1000 * dimension) {
        for (float& value : centres_) value = normal_(random_);
    }
    std::vector<float> rows(std::size_t count) {
        std::vector<float> out;
        out.reserve(count * dimension);
        for (std::size_t row = 0; row < count; ++row) {
            const float* centre = centres_.data() + random_() % 1000 * dimension;
            float squares = 0;
            for (std::uint32_t i = 0; i < dimension; ++i) {
                out.push_back(centre[i] + normal_(random_));
                squares += out.back() * out.back();
            }
            for (std::uint32_t i = 0; i < dimension; ++i)
                out[row * dimension + i] /= std::sqrt(squares);
        }
        return out;
    }

 private:
    std::mt19937 random_{11};
    std::normal_distribution<float> normal_;
    std::vector<float> centres_;
};

std::unique_ptr<storage::Store> new_store(const TestFolder& folder) {
    auto store = must(storage::Store::open(folder.path(), {.create_if_missing = true}));
    must(store->add_generation({.fingerprint = "bench", .dimension = dimension}));
    return store;
}

// Commits 2,000 rows each way, in groups of 20.
void compare_fsync(const std::vector<float>& rows) {
    double rates[2];
    // The first turn only warms up.
    for (const bool sync : {true, false, true}) {
        const TestFolder folder;
        const auto store = new_store(folder);
        const Clock::time_point begin = Clock::now();
        for (int group = 0; group < 100; ++group) {
            storage::WriteGroup writes;
            for (int i = 0; i < 20; ++i) {
                storage::PutDocument document;
                document.id = std::to_string(group * 20 + i);
                document.text.assign(1, 'x');
                document.chunks = {{0, 1, 1}};
                const auto row = rows.begin() + (group * 20 + i) * std::ptrdiff_t{dimension};
                document.vectors = {{1, std::vector<float>(row, row + dimension)}};
                writes.puts.push_back(std::move(document));
            }
            must(store->commit(writes, sync));
        }
        rates[sync ? 1 : 0] = 2000 / seconds_since(begin);
    }
    std::printf("commits of 20 rows: %.0f rows/s with fsync, %.0f without: %.2fx\n", rates[1],
                rates[0], rates[0] / rates[1]);
}

double percentile(std::vector<double>& values, double part) {
    const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at),
                     values.end());
    return values[at] * 1000;
}

struct Bench {
    std::vector<float> rows;     // of chunks 1, 2, ...
    std::vector<float> queries;  // 200
    std::vector<bool> gone;      // by chunk id

    [[nodiscard]] const float* query(std::size_t at) const {
        return queries.data() + at * dimension;
    }
    [[nodiscard]] double recall(const VectorIndex& index,
                                const std::function<bool(ChunkId)>& allows) const {
        std::size_t hits = 0;
        std::size_t expected = 0;
        for (std::size_t q = 0; q < 100; ++q) {
            std::vector<std::pair<float, ChunkId>> truth;
            for (ChunkId id = 1; id <= rows.size() / dimension; ++id)
                if (!gone[id] && (!allows || allows(id)))
                    truth.emplace_back(-faiss::fvec_inner_product(
                                           query(q), rows.data() + (id - 1) * dimension, dimension),
                                       id);
            const std::size_t k = std::min<std::size_t>(10, truth.size());
            std::partial_sort(truth.begin(), truth.begin() + static_cast<std::ptrdiff_t>(k),
                              truth.end());
            const auto found = must(index.search({query(q), dimension}, 10, {.allows = allows}));
            for (std::size_t i = 0; i < k; ++i)
                hits += std::any_of(found.begin(), found.end(), [&](const index::Scored& row) {
                    return row.chunk == truth[i].second;
                });
            expected += k;
        }
        return expected == 0 ? 1 : static_cast<double>(hits) / static_cast<double>(expected);
    }
    std::vector<double> search_for(const VectorIndex& index, double seconds) const {
        std::vector<double> times;
        for (const Clock::time_point begin = Clock::now(); seconds_since(begin) < seconds;) {
            const Clock::time_point one = Clock::now();
            (void)must(index.search({query(times.size() % 200), dimension}, 10));
            times.push_back(seconds_since(one));
        }
        return times;
    }
};

void print_recall(const Bench& bench, const VectorIndex& index, const char* state) {
    std::printf("recall@10, %s: all %.3f", state, bench.recall(index, {}));
    for (const double part : {0.5, 0.05, 0.005, 0.0005})
        std::printf(", %g %% pass %.3f", part * 100, bench.recall(index, [part](ChunkId id) {
            return static_cast<double>(id * 2654435761U % 1'000'003U) < part * 1'000'003;
        }));
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    if (count < 5000) {
        std::fprintf(stderr, "give 5000 rows or more\n");
        return 1;
    }
    Vectors vectors;
    Bench bench{vectors.rows(count), vectors.rows(200), std::vector<bool>(count + 1'000'000)};
    const unsigned threads = std::max(std::thread::hardware_concurrency(), 1U);
    std::printf("%zu rows of dimension %u, %u threads\n", count, dimension, threads);
    compare_fsync(bench.rows);

    omp_set_num_threads(static_cast<int>(threads));
    Clock::time_point begin = Clock::now();
    double raw = 0;
    {
        faiss::IndexHNSWFlat graph(dimension, 32, faiss::METRIC_INNER_PRODUCT);
        graph.hnsw.efConstruction = 64;
        graph.add(static_cast<faiss::idx_t>(count), bench.rows.data());
        raw = seconds_since(begin);
    }
    const auto build = [&](const storage::Store& store, std::size_t pieces) {
        index::VectorIndexOptions options;
        options.threads = threads;
        options.build_in_background = false;
        auto index = must(VectorIndex::open(store, options));
        const Clock::time_point start = Clock::now();
        const std::size_t part = count / pieces;
        for (std::size_t i = 0; i < pieces; ++i) {
            const std::size_t from = i * part;
            const std::size_t rows = i + 1 == pieces ? count - from : part;
            must(index->apply({i + 1, {{from + 1, rows}}, {}},
                              std::span(bench.rows).subspan(from * dimension, rows * dimension)));
            must(index->flush());
        }
        std::printf("build in %zu piece%s: %.2fx raw FAISS (%.1f s and %.1f s), files written\n",
                    pieces, pieces == 1 ? "" : "s", seconds_since(start) / raw,
                    seconds_since(start), raw);
        std::fflush(stdout);
    };
    {
        const TestFolder folder;
        build(*new_store(folder), 1);
    }
    {
        const TestFolder folder;
        build(*new_store(folder), count / 5000);
    }

    // The live index: 90 % at once, the rest while searches go on.
    const TestFolder folder;
    const auto store = new_store(folder);
    index::VectorIndexOptions options;
    options.threads = threads;
    auto live = must(VectorIndex::open(*store, options));
    must(live->apply({1, {{1, count}}, {}}, bench.rows));
    must(live->flush());
    print_recall(bench, *live, "all there");
    std::vector<double> idle = bench.search_for(*live, 5);
    const std::vector<float> more = vectors.rows(12'000);
    std::atomic<bool> done = false;
    std::thread writer([&] {
        const Clock::time_point start = Clock::now();
        for (std::size_t i = 0; i < 240; ++i) {  // 1,000 rows a second
            std::this_thread::sleep_until(start + i * std::chrono::milliseconds(50));
            must(live->apply({i + 2, {{count + i * 50 + 1, 50}}, {}},
                             std::span(more).subspan(i * 50 * dimension, 50 * dimension)));
        }
        done = true;
    });
    std::vector<double> busy;
    while (!done) {
        const std::vector<double> part = bench.search_for(*live, 0.5);
        busy.insert(busy.end(), part.begin(), part.end());
    }
    writer.join();
    const double idle99 = percentile(idle, 0.99);
    const double busy99 = percentile(busy, 0.99);
    std::printf(
        "search at rest: p50 %.2f ms, p99 %.2f ms; with 1,000 rows a second coming in: p50 "
        "%.2f ms, p99 %.2f ms: %.2fx\n",
        percentile(idle, 0.5), idle99, percentile(busy, 0.5), busy99, busy99 / idle99);
    std::fflush(stdout);

    // The new rows leave again, and 30 % of the old ones.
    storage::Change removal{242, {}, {}};
    std::mt19937 random(3);
    for (ChunkId id = 1; id <= count; ++id)
        if (random() % 10 < 3) {
            removal.removed.push_back({id, 1});
            bench.gone[id] = true;
        }
    removal.removed.push_back({count + 1, 12'000});
    must(live->apply(removal, {}));
    print_recall(bench, *live, "30 % deleted");
    return 0;
}
