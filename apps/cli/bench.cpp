#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"
#include "apps/shared/percentile.hpp"

namespace lectern::app {
namespace {

struct Bench {
    Common common;
    std::string queries;
    std::size_t count = 100;
    std::size_t questions = 3;
    std::size_t ingest = 200;
};

// VmHWM of this process, in bytes.
std::uint64_t peak_memory() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
    return 0;
}

Result<std::vector<std::string>> queries_of(const Bench& bench, const Collection& collection) {
    std::vector<std::string> out;
    if (!bench.queries.empty()) {
        std::ifstream file(bench.queries);
        if (!file) return Status{Code::not_found, "cannot read '" + bench.queries + "'"};
        std::string line;
        while (std::getline(file, line))
            if (!line.empty()) out.push_back(line);
    } else {
        LECTERN_TRY(collection.each_document([&](const Document& document) {
            out.push_back(document.title.empty() ? snippet(document.text, 80) : document.title);
            return out.size() < bench.count;
        }));
    }
    if (out.empty())
        return Status{Code::invalid_argument, "there is nothing to search for: no queries"};
    return out;
}

// Milliseconds of each stage, in the order in which the stages end, and of all together, last.
class Samples {
 public:
    void add(const Timing& timing) {
        for (const StageTiming& stage : timing.stages)
            of(stage.stage).push_back(stage.busy_seconds * 1e3);
        total_.push_back(timing.milliseconds);
    }
    [[nodiscard]] bool empty() const { return total_.empty(); }
    void each(
        const std::function<void(const std::string&, const std::vector<double>&)>& visit) const {
        for (const auto& [stage, values] : stages_) visit(stage, values);
        if (!empty()) visit("total", total_);
    }

 private:
    std::vector<double>& of(const std::string& stage) {
        for (auto& [name, values] : stages_)
            if (name == stage) return values;
        return stages_.emplace_back(stage, std::vector<double>{}).second;
    }
    std::vector<std::pair<std::string, std::vector<double>>> stages_;
    std::vector<double> total_;
};

boost::json::object report(const Samples& samples) {
    boost::json::object out;
    samples.each([&](const std::string& stage, const std::vector<double>& values) {
        out[stage] = boost::json::object{{"p50", percentile(values, 0.50)},
                                         {"p95", percentile(values, 0.95)}};
    });
    return out;
}

void print_table(const std::string& title, const Samples& samples) {
    std::printf("%s\n%-18s %10s %10s\n", title.c_str(), "stage", "p50 ms", "p95 ms");
    samples.each([](const std::string& stage, const std::vector<double>& values) {
        std::printf("%-18s %10.2f %10.2f\n", stage.c_str(), percentile(values, 0.50),
                    percentile(values, 0.95));
    });
}

// A folder that is gone at the end.
class Scratch {
 public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "lectern-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code error;
        if (!path_.empty()) std::filesystem::remove_all(path_, error);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

// The collection's first documents into a new one beside it, with the same pipeline.
Result<IngestReport> time_ingest(const Bench& bench, const Engine& engine,
                                 const Collection& collection, Progress& progress) {
    std::vector<DocumentInput> documents;
    LECTERN_TRY(collection.each_document([&](Document document) {
        documents.push_back({std::move(document.id), std::move(document.title),
                             std::move(document.text), std::move(document.metadata)});
        return documents.size() < bench.ingest;
    }));
    LECTERN_ASSIGN(const Stats stats, collection.stats());
    const Scratch scratch;
    if (scratch.path().empty())
        return Status{Code::unavailable, "cannot make a temporary folder; set TMPDIR to one"};
    const std::string& named = bench.common.pipeline;
    auto copy = engine.open(scratch.path() / "collection",
                            {.pipeline = named.empty() ? stats.pipeline : named});
    if (!copy)
        return copy.status().within(
            "timing an ingest (name its pipeline file with --pipeline, or leave it out with "
            "--ingest 0)");
    // Once, so that models are warm.
    LECTERN_TRY(copy->ingest_documents(std::span(documents).first(1)).status());
    if (documents.size() == 1) return copy->ingest_documents({});
    IngestOptions timed;
    timed.progress = [&](const IngestProgress& state) { progress.show(state.fraction, "ingest"); };
    return copy->ingest_documents(std::span(documents).subspan(1), timed);
}

double per_second(double count, double seconds) {
    return seconds > 0 ? count / seconds : 0;
}

boost::json::object report(const IngestReport& ingest) {
    boost::json::object busy;
    for (const StageTiming& stage : ingest.stages) busy[stage.stage] = stage.busy_seconds;
    return {{"documents", ingest.documents},
            {"tokens", ingest.tokens},
            {"seconds", ingest.seconds},
            {"tokens_per_second", per_second(static_cast<double>(ingest.tokens), ingest.seconds)},
            {"busy_seconds", std::move(busy)}};
}

int run(const Bench& bench) {
    const auto engine = Engine::create(engine_options(bench.common));
    if (!engine) return fail(engine.status());
    auto collection =
        engine->open(bench.common.collection, {.pipeline = bench.common.pipeline, .create = false});
    if (!collection) return fail(collection.status());
    auto queries = queries_of(bench, *collection);
    if (!queries) return fail(queries.status());
    // Once, so that models are warm.
    if (auto warm = collection->search(queries->front()); !warm) return fail(warm.status());
    std::optional<Progress> progress(std::in_place, !bench.common.json);
    const auto show = [&](std::size_t done, std::size_t of, const char* what) {
        progress->show(static_cast<double>(done) / static_cast<double>(of), what);
    };
    Samples searches;
    for (std::size_t i = 0; i < bench.count; ++i) {
        show(i, bench.count, "searches");
        auto result = collection->search((*queries)[i % queries->size()]);
        if (!result) return fail(result.status());
        searches.add(result->timing);
    }
    Samples answers;
    std::uint64_t generated = 0;
    std::uint64_t written = 0;
    std::uint64_t asked = 0;
    progress.emplace(!bench.common.json);
    for (std::size_t i = 0; i < bench.questions; ++i) {
        show(i, bench.questions, "questions");
        auto answer = collection->ask((*queries)[i % queries->size()]);
        if (!answer) {
            if (answer.status().code() == Code::unsupported) break;
            return fail(answer.status());
        }
        generated += answer->generated_tokens;
        if (answer->generated_tokens > 0) ++written;
        answers.add(answer->timing);
        ++asked;
    }
    std::optional<IngestReport> ingest;
    progress.emplace(!bench.common.json);
    if (bench.ingest > 0) {
        auto timed = time_ingest(bench, *engine, *collection, *progress);
        progress->end();
        if (!timed) return fail(timed.status());
        ingest = std::move(*timed);
    }
    progress.reset();
    if (bench.common.json) {
        boost::json::object out{
            {"searches", bench.count},    {"search_milliseconds", report(searches)},
            {"questions", asked},         {"ask_milliseconds", report(answers)},
            {"written_answers", written}, {"generated_tokens", generated}};
        if (ingest) out["ingest"] = report(*ingest);
        out["peak_memory_bytes"] = peak_memory();
        print(out);
    } else {
        print_table(std::to_string(bench.count) + " searches", searches);
        if (!answers.empty()) {
            print_table("\n" + std::to_string(asked) + " questions", answers);
            std::printf("%llu of %llu answers written, %llu tokens\n",
                        static_cast<unsigned long long>(written),
                        static_cast<unsigned long long>(asked),
                        static_cast<unsigned long long>(generated));
        }
        if (ingest) {
            std::printf("\ningest of %llu documents in %.2f s: %.0f tokens/s\n%-18s %10s\n",
                        static_cast<unsigned long long>(ingest->documents), ingest->seconds,
                        per_second(static_cast<double>(ingest->tokens), ingest->seconds), "stage",
                        "busy s");
            for (const StageTiming& stage : ingest->stages)
                std::printf("%-18s %10.2f\n", stage.stage.c_str(), stage.busy_seconds);
        }
        std::printf("\npeak memory: %.0f MB\n", static_cast<double>(peak_memory()) / 1e6);
    }
    return Exit::done;
}

}  // namespace

void add_bench(CLI::App& program, Run& run_command) {
    auto bench = std::make_shared<Bench>();
    CLI::App& command = *program.add_subcommand(
        "bench", "Time searches, questions and an ingest on a collection, by stage");
    add_collection(command, bench->common);
    command.add_option("--queries", bench->queries, "A file, one query a line (default: titles)");
    command.add_option("-n", bench->count, "Searches")->capture_default_str();
    command.add_option("--questions", bench->questions, "Questions to answer")
        ->capture_default_str();
    command
        .add_option("--ingest", bench->ingest,
                    "Documents to ingest once more, into a temporary collection; 0: none")
        ->capture_default_str();
    command.add_option("--pipeline", bench->common.pipeline,
                       "Another pipeline with the same vectors");
    add_json(command, bench->common);
    command.callback([bench, &run_command] { run_command = [bench] { return run(*bench); }; });
}

}  // namespace lectern::app
