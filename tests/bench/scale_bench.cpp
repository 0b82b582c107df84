// scale_bench fill|search FOLDER ROWS KIND SEAL NOISE ORIGIN [DIMENSION]: the vector index at a
// size; one JSON object. `fill` stores ROWS vectors in a new collection in FOLDER and builds its
// index; `search` opens it and searches. Two processes, so that each has a peak of memory of its
// own: tests/bench/scale.py is the command for people.
//
// KIND is f32, bf16, f16, int8 or pq. ORIGIN is a collection's folder, a file of f32 numbers (with
// DIMENSION), or "made": rows around 1,000 random centres. A row is one of the origin's vectors
// with noise of length NOISE added, made one again: as many as are asked for, and a row's number
// says what it is, so that nothing but the index needs memory.
#include <faiss/utils/distances.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "index/vector/vector_index.hpp"

namespace {

using namespace lectern;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using storage::ChunkId;

constexpr std::size_t k = 10;
constexpr std::size_t queries = 200;
constexpr std::size_t exact_queries = 50;  // whose nearest are found by comparing all
constexpr std::size_t most_given = 200'000;
constexpr std::size_t rows_of_a_commit = 1000;
constexpr std::array<double, 5> passing{1, 0.5, 0.05, 0.005, 0.0005};

struct Settings {
    std::string task;
    fs::path folder;
    std::size_t rows = 0;
    std::string kind;
    std::size_t seal_at = 0;
    float noise = 0;
    std::string origin;
    std::size_t dimension = 384;  // of "made", and of a file
};

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
class Random {
 public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 1) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    // From -1 to 1.
    float part() { return static_cast<float>(next() >> 40U) / static_cast<float>(1U << 23U) - 1; }

 private:
    std::uint64_t state_;
};

void make_one(float* row, std::size_t dimension) {
    const float length = std::sqrt(faiss::fvec_norm_L2sqr(row, dimension));
    for (std::size_t i = 0; i < dimension && length > 0; ++i) row[i] /= length;
}

// Which rows a filter passes; a narrower one passes some of those of a wider one.
double place_of(std::size_t row) {
    return static_cast<double>(Random(row ^ 0x5bd1e995U).next() >> 11U) / 9007199254740992.0;
}

class Rows {
 public:
    static Result<Rows> of(const Settings& settings) {
        Rows out(settings);
        if (settings.origin == "made") {
            Random random(1);
            out.given_.resize(1000 * out.dimension_);
            for (float& value : out.given_) value = random.part();
        } else if (fs::is_directory(settings.origin)) {
            LECTERN_TRY(out.take_collection(settings.origin));
        } else {
            std::ifstream in(settings.origin, std::ios::binary);
            const std::string bytes((std::istreambuf_iterator<char>(in)), {});
            const std::size_t row = out.dimension_ * sizeof(float);
            if (bytes.empty() || bytes.size() % row != 0)
                return Status{Code::invalid_argument, settings.origin + ": no file of vectors of " +
                                                          std::to_string(out.dimension_) +
                                                          " f32 numbers"};
            out.given_.resize(std::min(bytes.size() / row, most_given) * out.dimension_);
            std::memcpy(out.given_.data(), bytes.data(), out.given_.size() * sizeof(float));
        }
        for (std::size_t at = 0; at < out.given_.size(); at += out.dimension_)
            make_one(out.given_.data() + at, out.dimension_);
        return out;
    }

    [[nodiscard]] std::size_t dimension() const { return dimension_; }
    [[nodiscard]] std::size_t given() const { return given_.size() / dimension_; }
    void write(std::size_t number, float* out) const {
        Random random(number);
        const float* from = given_.data() + random.next() % given() * dimension_;
        for (std::size_t i = 0; i < dimension_; ++i) out[i] = from[i] + noise_ * random.part();
        make_one(out, dimension_);
    }

 private:
    explicit Rows(const Settings& settings)
        : dimension_(settings.dimension),
          // The mean square of a part is a third.
          noise_(settings.noise * std::sqrt(3.0F / static_cast<float>(settings.dimension))) {}

    Status take_collection(const fs::path& folder) {
        LECTERN_ASSIGN(const auto store, storage::Store::open(folder, {.read_only = true}));
        const storage::CollectionMeta meta = store->meta();
        const storage::Generation* serving = meta.generation(meta.serving);
        if (serving == nullptr)
            return {Code::invalid_argument, folder.string() + ": has no vectors"};
        noise_ *=
            std::sqrt(static_cast<float>(dimension_) / static_cast<float>(serving->dimension));
        dimension_ = serving->dimension;
        LECTERN_TRY(store->reader().scan_vectors(
            meta.serving, 0, [&](std::span<const ChunkId>, std::span<const float> values) {
                given_.insert(given_.end(), values.begin(), values.end());
                return given() < most_given;
            }));
        if (given_.empty()) return {Code::invalid_argument, folder.string() + ": has no vectors"};
        return {};
    }

    std::size_t dimension_;
    float noise_;
    std::vector<float> given_;
};

Result<storage::VectorEncoding> encoding_of(std::string_view kind) {
    using storage::VectorEncoding;
    for (const auto& [name, encoding] : {std::pair{"f32", VectorEncoding::f32},
                                         {"bf16", VectorEncoding::bf16},
                                         {"f16", VectorEncoding::f16},
                                         {"int8", VectorEncoding::int8},
                                         {"pq", VectorEncoding::pq}})
        if (kind == name) return encoding;
    return Status{
        Code::invalid_argument,
        "'" + std::string(kind) + "' is no kind of vectors; take f32, bf16, f16, int8 or pq"};
}

Result<index::VectorIndexOptions> options_of(const Settings& settings) {
    LECTERN_ASSIGN(const auto encoding, encoding_of(settings.kind));
    index::VectorIndexOptions options;
    options.vectors = encoding;
    options.build_in_background = false;  // so that building is timed
    options.seal_at = settings.seal_at;
    options.threads = std::max(std::thread::hardware_concurrency(), 1U);
    options.log = [](std::string_view message) {
        std::fprintf(stderr, "scale_bench: %.*s\n", static_cast<int>(message.size()),
                     message.data());
    };
    return options;
}

// Row i is chunk i + 1: the store counts them up in the order of their commits.
Status fill(const Settings& settings, const Rows& rows) {
    LECTERN_ASSIGN(const auto store,
                   storage::Store::open(settings.folder, {.create_if_missing = true}));
    LECTERN_ASSIGN(
        const auto made,
        store->add_generation(
            {.fingerprint = "bench", .dimension = static_cast<std::uint32_t>(rows.dimension())}));
    LECTERN_ASSIGN(const auto options, options_of(settings));
    LECTERN_ASSIGN(const auto index, index::VectorIndex::open(*store, options));
    double stored = 0;
    double built = 0;
    std::vector<float> values;
    for (std::size_t at = 0, unsealed = 0; at < settings.rows;) {
        const std::size_t count = std::min(rows_of_a_commit, settings.rows - at);
        values.resize(count * rows.dimension());
        for (std::size_t i = 0; i < count; ++i)
            rows.write(at + i, values.data() + i * rows.dimension());
        storage::PutDocument document;
        document.id = std::to_string(at);
        document.text.assign(count, 'x');
        for (std::size_t i = 0; i < count; ++i) document.chunks.push_back({i, i + 1, 1});
        document.vectors = {{made.number, values}};
        storage::WriteGroup group;
        group.puts.push_back(std::move(document));
        auto begin = Clock::now();
        LECTERN_ASSIGN(const auto done, store->commit(group, false));
        LECTERN_TRY(index->apply(done.change, values));
        stored += seconds_since(begin);
        at += count;
        unsealed += count;
        if (unsealed < settings.seal_at && at < settings.rows) continue;
        unsealed = 0;
        begin = Clock::now();
        LECTERN_TRY(index->flush());
        built += seconds_since(begin);
    }
    LECTERN_TRY(store->flush());
    std::printf(
        "{\"rows\":%zu,\"dimension\":%zu,\"given\":%zu,\"store_seconds\":%.3f,"
        "\"build_seconds\":%.3f,\"segments\":%zu,\"index_bytes\":%zu,\"disk_bytes\":%llu}\n",
        settings.rows, rows.dimension(), rows.given(), stored, built, index->statistics().segments,
        index->statistics().disk_bytes, static_cast<unsigned long long>(store->disk_bytes()));
    return {};
}

// The k best of one query among the rows that one filter passes.
using Nearest = std::priority_queue<std::pair<float, ChunkId>,
                                    std::vector<std::pair<float, ChunkId>>, std::greater<>>;

std::vector<std::array<Nearest, passing.size()>> compare_all(const Settings& settings,
                                                             const Rows& rows,
                                                             const std::vector<float>& asked) {
    const std::size_t count = std::min(exact_queries, queries);
    std::vector<std::array<Nearest, passing.size()>> out(count);
    std::vector<float> row(rows.dimension());
    for (std::size_t at = 0; at < settings.rows; ++at) {
        rows.write(at, row.data());
        const double place = place_of(at);
        for (std::size_t q = 0; q < count; ++q) {
            const float score = faiss::fvec_inner_product(asked.data() + q * rows.dimension(),
                                                          row.data(), rows.dimension());
            for (std::size_t f = 0; f < passing.size() && place < passing[f]; ++f) {
                Nearest& nearest = out[q][f];
                if (nearest.size() == k && nearest.top().first >= score) continue;
                if (nearest.size() == k) nearest.pop();
                nearest.emplace(score, at + 1);
            }
        }
    }
    return out;
}

Status search(const Settings& settings, const Rows& rows) {
    const std::size_t dimension = rows.dimension();
    std::vector<float> asked(queries * dimension);
    // Numbers that no row has.
    for (std::size_t q = 0; q < queries; ++q)
        rows.write((std::uint64_t{1} << 40U) + q, asked.data() + q * dimension);

    auto begin = Clock::now();
    LECTERN_ASSIGN(const auto store, storage::Store::open(settings.folder));
    const double store_opened = seconds_since(begin);
    LECTERN_ASSIGN(const auto options, options_of(settings));
    begin = Clock::now();
    LECTERN_ASSIGN(const auto index, index::VectorIndex::open(*store, options));
    const double opened = seconds_since(begin);
    std::printf(
        "{\"rows\":%zu,\"store_open_seconds\":%.3f,\"open_seconds\":%.3f,"
        "\"memory_bytes\":%zu,\"segments\":%zu,\"tail_rows\":%zu,\"searches\":[",
        settings.rows, store_opened, opened, index->statistics().memory_bytes,
        index->statistics().segments, index->statistics().tail_rows);
    auto exact = compare_all(settings, rows, asked);
    for (std::size_t f = 0; f < passing.size(); ++f) {
        std::vector<ChunkId> allowed;
        for (std::size_t at = 0; at < settings.rows; ++at)
            if (place_of(at) < passing[f]) allowed.push_back(at + 1);
        index::Filter filter;
        if (f > 0) filter.allowed = &allowed;
        std::vector<double> times;
        std::size_t good = 0;
        std::size_t wanted = 0;
        for (std::size_t q = 0; q < queries; ++q) {
            begin = Clock::now();
            LECTERN_ASSIGN(
                const auto hits,
                index->search(std::span(asked).subspan(q * dimension, dimension), k, filter));
            times.push_back(seconds_since(begin) * 1000);
            if (q >= exact.size()) continue;
            Nearest& nearest = exact[q][f];
            wanted += nearest.size();
            for (; !nearest.empty(); nearest.pop())
                good += std::any_of(hits.begin(), hits.end(),
                                    [&](const index::Scored& hit) {
                                        return hit.chunk == nearest.top().second;
                                    })
                            ? 1
                            : 0;
        }
        std::sort(times.begin(), times.end());
        const double recall =
            wanted == 0 ? 1 : static_cast<double>(good) / static_cast<double>(wanted);
        std::printf("%s{\"passes\":%g,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"recall\":%.4f}",
                    f == 0 ? "" : ",", passing[f], times[queries / 2], times[queries * 95 / 100],
                    times[queries * 99 / 100], recall);
    }
    std::printf("]}\n");
    return {};
}

Status run(const Settings& settings) {
    LECTERN_ASSIGN(const Rows rows, Rows::of(settings));
    if (settings.task == "fill") return fill(settings, rows);
    if (settings.task == "search") return search(settings, rows);
    return {Code::invalid_argument,
            "the first word is fill or search, not '" + settings.task + "'"};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 8) {
        std::fprintf(
            stderr,
            "usage: scale_bench fill|search FOLDER ROWS KIND SEAL NOISE ORIGIN [DIMENSION]\n");
        return 2;
    }
    Settings settings{argv[1],
                      argv[2],
                      std::strtoull(argv[3], nullptr, 10),
                      argv[4],
                      std::strtoull(argv[5], nullptr, 10),
                      std::strtof(argv[6], nullptr),
                      argv[7]};
    if (argc > 8) settings.dimension = std::strtoull(argv[8], nullptr, 10);
    if (settings.rows == 0 || settings.seal_at == 0 || settings.dimension == 0) {
        std::fprintf(stderr, "scale_bench: ROWS, SEAL and DIMENSION are 1 or more\n");
        return 2;
    }
    const Status status = run(settings);
    if (status.ok()) return 0;
    std::fprintf(stderr, "scale_bench: %s\n", status.message().c_str());
    return 1;
}
