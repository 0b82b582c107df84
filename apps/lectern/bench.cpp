#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "apps/lectern/common.hpp"

namespace lectern::app {
namespace {

struct Bench {
    Common common;
    std::string queries;
    std::size_t count = 100;
    std::size_t questions = 3;
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

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

using Samples = std::map<std::string, std::vector<double>>;

void sample(Samples& to, const Timing& timing) {
    to["total"].push_back(timing.milliseconds);
    for (const StageTiming& stage : timing.stages)
        to[stage.stage].push_back(stage.busy_seconds * 1e3);
}

boost::json::object report(const Samples& samples) {
    boost::json::object out;
    for (const auto& [stage, values] : samples)
        out[stage] = boost::json::object{{"p50", percentile(values, 0.50)},
                                         {"p95", percentile(values, 0.95)}};
    return out;
}

void print_table(const char* title, const Samples& samples) {
    std::printf("%s\n%-18s %10s %10s\n", title, "stage", "p50 ms", "p95 ms");
    for (const auto& [stage, values] : samples)
        std::printf("%-18s %10.2f %10.2f\n", stage.c_str(), percentile(values, 0.50),
                    percentile(values, 0.95));
}

int run(const Bench& bench) {
    auto collection =
        Collection::open(bench.common.collection, open_options(bench.common, false, true));
    if (!collection) return fail(collection.status());
    auto queries = queries_of(bench, *collection);
    if (!queries) return fail(queries.status());
    // Once, so that models are warm.
    if (auto warm = collection->search(queries->front()); !warm) return fail(warm.status());
    Samples searches;
    for (std::size_t i = 0; i < bench.count; ++i) {
        auto result = collection->search((*queries)[i % queries->size()]);
        if (!result) return fail(result.status());
        sample(searches, result->timing);
    }
    Samples answers;
    std::uint64_t generated = 0;
    for (std::size_t i = 0; i < bench.questions; ++i) {
        auto answer = collection->ask((*queries)[i % queries->size()]);
        if (!answer) {
            if (answer.status().code() == Code::unsupported) break;
            return fail(answer.status());
        }
        generated += answer->generated_tokens;
        sample(answers, answer->timing);
    }
    if (bench.common.json) {
        print({{"searches", bench.count},
               {"search_milliseconds", report(searches)},
               {"questions", bench.questions},
               {"ask_milliseconds", report(answers)},
               {"generated_tokens", generated},
               {"peak_memory_bytes", peak_memory()}});
    } else {
        print_table("search", searches);
        if (!answers.empty()) print_table("ask", answers);
        std::printf("peak memory: %.0f MB\n", static_cast<double>(peak_memory()) / 1e6);
    }
    return Exit::done;
}

}  // namespace

void add_bench(CLI::App& program, Run& run_command) {
    auto bench = std::make_shared<Bench>();
    CLI::App& command =
        *program.add_subcommand("bench", "Time searches and questions on a collection, by stage");
    add_collection(command, bench->common);
    command.add_option("--queries", bench->queries, "A file, one query a line (default: titles)");
    command.add_option("-n", bench->count, "Searches")->capture_default_str();
    command.add_option("--questions", bench->questions, "Questions to answer")
        ->capture_default_str();
    add_json(command, bench->common);
    command.callback([bench, &run_command] { run_command = [bench] { return run(*bench); }; });
}

}  // namespace lectern::app
