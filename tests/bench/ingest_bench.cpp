// ingest_bench CORPUS.jsonl [ROUNDS [TOKENS]]: tokens per second of a whole ingest, from the file
// to the synced store, against the embedder alone on the same passages, tokenized and sorted
// beforehand; in turns, within one run, the best of the rounds. Writes the token ids to the file
// TOKENS, one sequence a line, for bert_bench. Prints one JSON object. Run it on a quiet machine.
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "config/pipeline.hpp"
#include "engine/ingest/batcher.hpp"
#include "engine/pipeline/passage_text.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Clock;
using lectern::Collection;
using lectern::Result;
using lectern::Status;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A folder that is gone at the end.
class Scratch {
 public:
    Scratch() {
        std::string name = (fs::temp_directory_path() / "lectern-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

 private:
    fs::path path_;
};

struct Ingested {
    lectern::IngestReport report;
    std::vector<std::string> passages;  // what was embedded
};

Result<Ingested> ingest(const fs::path& corpus, bool keep_passages) {
    const Scratch scratch;
    lectern::OpenOptions options;
    options.pipeline = "search-only";
    LECTERN_ASSIGN(auto collection, Collection::open(scratch.path() / "collection", options));
    Ingested out;
    LECTERN_ASSIGN(out.report, collection.ingest({corpus}));
    if (!keep_passages) return out;
    LECTERN_TRY(collection.each_document([&](const lectern::Document& document) {
        const std::string_view text = document.text;
        for (const lectern::ChunkRange& chunk : document.chunks)
            out.passages.push_back(lectern::passage_text(
                document.title, {}, text.substr(chunk.begin, chunk.end - chunk.begin)));
        return true;
    }));
    return out;
}

// The embedder called from as many threads as it wants, with batches that are ready.
struct Direct {
    const lectern::Pipeline& pipeline;
    lectern::TokenBatch tokens{0};
    std::vector<std::vector<std::size_t>> batches;
    std::uint64_t count = 0;  // of tokens, all sequences together

    Status prepare(const std::vector<std::string>& passages) {
        const std::vector<std::string_view> views(passages.begin(), passages.end());
        LECTERN_ASSIGN(tokens, pipeline.tokenize(views, lectern::Purpose::passage, {}));
        lectern::Batcher<std::size_t> batcher(pipeline.embedder().batch_tokens, ~0ULL);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            batcher.add(i, tokens.count(i));
            count += tokens.count(i);
        }
        batches = batcher.take();
        return {};
    }

    // Seconds for all batches.
    Result<double> run() const {
        std::atomic<std::size_t> next{0};
        std::atomic<bool> failed{false};
        const auto work = [&] {
            std::vector<lectern_tokens> sequences;
            std::vector<float> rows;
            std::vector<lectern::host::ItemError> errors;
            for (std::size_t b = next++; b < batches.size(); b = next++) {
                sequences.clear();
                for (const std::size_t i : batches[b]) sequences.push_back(tokens.view(i));
                rows.resize(sequences.size() * pipeline.embedder().dimension);
                if (!pipeline.embed(sequences, lectern::Purpose::passage, {}, rows.data(), errors))
                    failed = true;
            }
        };
        const Clock::time_point begin = Clock::now();
        {
            std::vector<std::jthread> threads;
            for (unsigned i = 0; i < pipeline.embedder().concurrency; ++i)
                threads.emplace_back(work);
        }
        if (failed) return Status{lectern::Code::internal, "the embedder failed"};
        return seconds_since(begin);
    }
};

Status run(const fs::path& corpus, int rounds, const char* tokens_file) {
    LECTERN_ASSIGN(const lectern::Engine engine, lectern::Engine::create());
    const lectern::Folders& folders = engine.folders();
    const unsigned threads = std::max(std::thread::hardware_concurrency(), 1U);
    LECTERN_ASSIGN(auto host, lectern::host::PluginHost::open({.plugin_folders = folders.plugins,
                                                               .models_folder = folders.models,
                                                               .cache_folder = folders.cache,
                                                               .threads = threads}));
    const auto models = std::make_shared<lectern::ModelRegistry>(std::move(host), threads);
    LECTERN_ASSIGN(auto config,
                   lectern::config::load_pipeline(folders.pipelines / "search-only.yaml"));
    LECTERN_ASSIGN(const auto pipeline, models->pipeline(std::move(config)));

    Direct direct{*pipeline, lectern::TokenBatch(0), {}, 0};
    double best_ingest = 1e9;
    double best_direct = 1e9;
    std::vector<lectern::StageTiming> stages;
    for (int round = 0; round < rounds; ++round) {
        LECTERN_ASSIGN(Ingested whole, ingest(corpus, round == 0));
        if (round == 0) LECTERN_TRY(direct.prepare(whole.passages));
        if (whole.report.seconds < best_ingest) stages = whole.report.stages;
        best_ingest = std::min(best_ingest, whole.report.seconds);
        LECTERN_ASSIGN(const double seconds, direct.run());
        best_direct = std::min(best_direct, seconds);
    }
    if (tokens_file != nullptr) {
        std::ofstream out(tokens_file);
        for (std::size_t i = 0; i < direct.tokens.size(); ++i) {
            const lectern_tokens sequence = direct.tokens.view(i);
            for (std::uint64_t k = 0; k < sequence.count; ++k) out << sequence.ids[k] << ' ';
            out << '\n';
        }
    }
    boost::json::object busy;
    for (const lectern::StageTiming& stage : stages) busy[stage.stage] = stage.busy_seconds;
    const auto tokens = static_cast<double>(direct.count);
    std::cout << boost::json::serialize(
                     boost::json::object{{"passages", direct.tokens.size()},
                                         {"tokens", direct.count},
                                         {"ingest_tokens_per_second", tokens / best_ingest},
                                         {"embedder_tokens_per_second", tokens / best_direct},
                                         {"ingest_to_embedder", best_direct / best_ingest},
                                         {"ingest_seconds", best_ingest},
                                         {"busy_seconds", std::move(busy)},
                                         {"precision", pipeline->embedder().precision}})
              << std::endl;
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: ingest_bench CORPUS.jsonl [ROUNDS [TOKENS]]\n";
        return 1;
    }
    const Status status =
        run(argv[1], argc > 2 ? std::atoi(argv[2]) : 3, argc > 3 ? argv[3] : nullptr);
    if (!status.ok()) std::cerr << "ingest_bench: " << status.message() << '\n';
    return status.ok() ? 0 : 1;
}
