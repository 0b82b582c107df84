// Tokens per second through the embedder against bare OpenVINO requests on the same token batches,
// in one run. Run it on a quiet machine:
//
//     bert_bench [model folder] [texts=400] [threads=2] [precision]
//
// `texts` is a number, or a file with the token ids of one text a line (ingest_bench writes one).
// A text of 12 tokens is embedded alone too, as a query (by the small encoder, where the precision
// is f32) and as a passage (by the graph): medians.
// For a number the texts are token ids, of lengths around 237 (a scientific abstract), 256 at most,
// from a fixed seed; what the ids are does not change the work. Both sides sort by length
// beforehand, as the ingest does, and use the same precision, streams and threads.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <openvino/openvino.hpp>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "embedder.hpp"
#include "model_graph.hpp"
#include "test_folders.hpp"

namespace {

using namespace lectern::bert;
using Clock = std::chrono::steady_clock;
using Ids = std::vector<std::int32_t>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Peak of the process so far, megabytes.
double peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::vector<Ids> make_texts(std::size_t count) {
    std::mt19937 random(1);
    std::normal_distribution<double> length(237, 60);
    std::vector<Ids> out(count);
    for (Ids& ids : out) {
        ids.resize(static_cast<std::size_t>(std::clamp(length(random), 30.0, 256.0)));
        for (auto& id : ids) id = static_cast<std::int32_t>(1000 + random() % 20000);
    }
    std::sort(out.begin(), out.end(),
              [](const Ids& a, const Ids& b) { return a.size() > b.size(); });
    return out;
}

std::vector<Ids> read_texts(const std::string& file) {
    std::ifstream in(file);
    std::vector<Ids> out;
    for (std::string line; std::getline(in, line);) {
        std::istringstream ids(line);
        out.emplace_back(std::istream_iterator<std::int32_t>(ids),
                         std::istream_iterator<std::int32_t>());
        if (out.back().empty()) out.pop_back();
    }
    if (out.empty()) throw std::runtime_error("there are no token ids in '" + file + "'");
    std::sort(out.begin(), out.end(),
              [](const Ids& a, const Ids& b) { return a.size() > b.size(); });
    return out;
}

// Runs `work(index)` for all batches on `threads` threads and gives the seconds.
template <typename Work>
double timed(std::size_t batches, std::uint32_t threads, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto start = Clock::now();
    std::vector<std::thread> pool;
    for (std::uint32_t t = 0; t < threads; ++t)
        pool.emplace_back([&, t] {
            for (std::size_t i = next++; i < batches; i = next++) work(t, i);
        });
    for (auto& thread : pool) thread.join();
    return seconds_since(start);
}

void measure(const std::filesystem::path& model, Precision precision, std::uint32_t streams,
             std::uint32_t threads, const std::vector<Ids>& texts) {
    EmbedderOptions options;
    options.model = model;
    options.precision = precision;
    options.streams = streams;
    options.threads = threads;
    const auto start = Clock::now();
    const Embedder embedder(options);
    const auto& info = embedder.info();
    const auto ignore = [](std::size_t, lectern_code, const std::string&) {};
    std::vector<float> vector(info.dimension);
    const std::vector<std::span<const std::int32_t>> query{std::span(texts.back()).first(12)};
    embedder.embed(Turn::query, query, vector.data(), ignore, [] {});
    const double first = seconds_since(start);
    // As a query, and as a passage, which the graph computes: one after the other, so that both see
    // the same machine.
    std::array<std::vector<double>, 2> short_texts;
    for (int i = 0; i < 41; ++i)
        for (const Turn turn : {Turn::query, Turn::passage}) {
            const auto begin = Clock::now();
            embedder.embed(turn, query, vector.data(), ignore, [] {});
            short_texts[turn == Turn::query ? 0 : 1].push_back(seconds_since(begin));
        }
    for (auto& times : short_texts)
        std::nth_element(times.begin(), times.begin() + 20, times.end());
    const double as_query = short_texts[0][20] * 1000;
    const double as_passage = short_texts[1][20] * 1000;

    std::vector<std::size_t> lengths;
    double tokens = 0;
    for (const Ids& ids : texts) {
        lengths.push_back(ids.size());
        tokens += static_cast<double>(ids.size());
    }
    const auto batches = batches_of(lengths, info.batch_tokens);

    // Bare: the same graph and properties, tensors filled beforehand.
    ov::Core core;
    const ModelGraph graph = build_model_graph(core, open_model_folder(model), {}, true);
    Runner bare(core, graph.model, RunnerOptions{precision, threads, streams});
    std::vector<std::pair<ov::Tensor, ov::Tensor>> tensors;
    for (const Batch& batch : batches) {
        const ov::Shape shape{batch.items.size(), batch.longest};
        tensors.emplace_back(ov::Tensor(ov::element::i32, shape),
                             ov::Tensor(ov::element::i32, shape));
        for (std::size_t row = 0; row < batch.items.size(); ++row)
            for (std::size_t k = 0; k < batch.longest; ++k) {
                const Ids& ids = texts[batch.items[row]];
                const std::size_t at = row * batch.longest + k;
                tensors.back().first.data<std::int32_t>()[at] = k < ids.size() ? ids[k] : 0;
                tensors.back().second.data<std::int32_t>()[at] = k < ids.size() ? 1 : 0;
            }
    }
    const auto run_bare = [&] {
        std::vector<Runner::Lease> leases;
        for (std::uint32_t i = 0; i < bare.streams(); ++i) leases.push_back(bare.lease());
        return timed(batches.size(), bare.streams(), [&](std::uint32_t t, std::size_t i) {
            leases[t].request().set_input_tensor(0, tensors[i].first);
            leases[t].request().set_input_tensor(1, tensors[i].second);
            leases[t].request().infer();
        });
    };
    const auto run_ours = [&] {
        return timed(batches.size(), info.concurrency, [&](std::uint32_t, std::size_t i) {
            std::vector<std::span<const std::int32_t>> rows;
            for (const std::size_t item : batches[i].items) rows.emplace_back(texts[item]);
            std::vector<float> out(rows.size() * info.dimension);
            embedder.embed(Turn::passage, rows, out.data(), ignore, [] {});
        });
    };
    double bare_seconds = 1e9;
    double our_seconds = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        bare_seconds = std::min(bare_seconds, run_bare());
        our_seconds = std::min(our_seconds, run_ours());
    }
    std::printf("%-5s %7u %8.0f %8.0f %6.3f %10.0f %9.2f %9.2f %6.3f %9.0f\n",
                std::string(name(precision)).c_str(), info.concurrency, tokens / our_seconds,
                tokens / bare_seconds, bare_seconds / our_seconds, first * 1000, as_query,
                as_passage, as_query / as_passage, peak_memory());
}

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path model =
        argc > 1 ? argv[1] : std::string(LECTERN_MODELS_DIR) + "/all-MiniLM-L6-v2";
    const std::string given = argc > 2 ? argv[2] : "400";
    const auto threads = static_cast<std::uint32_t>(argc > 3 ? std::stoul(argv[3]) : 2);
    const std::string only = argc > 4 ? argv[4] : "";
    try {
        const bool number = given.find_first_not_of("0123456789") == std::string::npos;
        const auto texts = number ? make_texts(std::stoul(given)) : read_texts(given);
        std::printf("%zu texts, %u threads; tokens/s (padding not counted), best of 3\n",
                    texts.size(), threads);
        std::printf(
            "prec  streams     ours     bare  ratio   first ms  query ms  graph ms  ratio   peak "
            "MB\n");
        ov::Core core;
        for (const Precision precision : {Precision::bf16, Precision::int8, Precision::f32})
            for (std::uint32_t streams = 1; streams <= threads; streams *= 2)
                if ((only.empty() || only == name(precision)) &&
                    (precision != Precision::bf16 || has_bf16(core)))
                    measure(model, precision, streams, threads, texts);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bert_bench: %s\n", error.what());
        return 1;
    }
    return 0;
}
