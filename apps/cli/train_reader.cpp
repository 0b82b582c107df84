// lectern train reader: a reader's calibration, fitted to a collection's own questions.
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "apps/cli/common.hpp"
#include "apps/eval/measures/answers.hpp"
#include "apps/eval/measures/files.hpp"

namespace lectern::app {
namespace {

namespace json = boost::json;

struct TrainReader {
    Common common;
    std::string questions;
    std::string model;
    std::string reader = "reader-minilm";
    std::size_t passages = 6;
};

// A question with what the search gives for it, as the pipeline's reader would see it.
Result<std::string> row_of(const Collection& collection, const evaluation::Query& query,
                           std::size_t passages, const std::stop_token& stop) {
    SearchOptions options;
    options.k = passages;
    options.chunks = true;
    options.stop = stop;
    LECTERN_ASSIGN(const SearchResult found, collection.search(query.text, options));
    json::array out;
    for (const Hit& hit : found.hits)
        out.push_back(
            json::object{{"title", api::clean(hit.title)},
                         {"text", api::clean(hit.text)},
                         {"score", hit.dense_score.value_or(hit.score)},
                         {"answers", evaluation::answer_in_text(hit.text, *query.answers)}});
    return json::serialize(
        json::object{{"question", api::clean(query.text)}, {"passages", std::move(out)}});
}

void print_curves(const json::object& report) {
    const auto points = [&](const char* which) -> const json::array& {
        return report.at(which).as_object().at("curve").as_array();
    };
    std::printf("%9s  %s\n", "", "before                      after");
    std::printf("%9s  %8s %8s %8s   %8s %8s %8s\n", "threshold", "coverage", "right", "false",
                "coverage", "right", "false");
    for (std::size_t i = 0; i < points("before").size(); ++i) {
        const json::object& before = points("before")[i].as_object();
        const json::object& after = points("after")[i].as_object();
        const auto number = [](const json::object& of, const char* key) {
            return of.at(key).to_number<double>();
        };
        std::printf("%9.1f  %8.3f %8.3f %8.3f   %8.3f %8.3f %8.3f\n", number(before, "threshold"),
                    number(before, "coverage"), number(before, "right"),
                    number(before, "false_answers"), number(after, "coverage"),
                    number(after, "right"), number(after, "false_answers"));
    }
    const auto brier = [&](const char* which) {
        return report.at(which).as_object().at("brier").to_number<double>();
    };
    std::printf("Brier score: %.3f before, %.3f after (0 is best)\n", brier("before"),
                brier("after"));
    if (brier("after") >= brier("before"))
        std::puts("The reader as it was does as well on questions that did not fit it: keep it.");
}

int run(const TrainReader& train) {
    auto queries = evaluation::read_queries(train.questions);
    if (!queries) return fail(queries.status());
    std::erase_if(*queries, [](const evaluation::Query& query) { return !query.answers; });
    if (queries->empty())
        return fail({Code::invalid_argument,
                     "no question of '" + train.questions +
                         "' carries \"answers\": the right ones, or [] where the collection does "
                         "not say"});
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(train.common, false, true);
    if (!collection) return fail(collection.status());
    TrainOptions options;
    options.plugin = "tasks";
    options.stage = "reader-trainer";
    options.options = json::serialize(json::object{{"model", train.reader}});
    options.threads = train.common.threads;
    options.folders = folders(train.common);
    options.stop = stop;
    const bool bar = !train.common.json && terminal(STDERR_FILENO);
    if (bar)
        options.progress = [](std::string_view step, double, std::string_view detail) {
            std::fprintf(stderr, "\r%.*s  %.*s ", static_cast<int>(step.size()), step.data(),
                         static_cast<int>(detail.size()), detail.data());
        };
    std::size_t next = 0;
    const TextFeed feed = [&]() -> Result<std::optional<std::string>> {
        if (next == queries->size()) return std::optional<std::string>{};
        LECTERN_ASSIGN(std::string row,
                       row_of(*collection, (*queries)[next++], train.passages, stop));
        return std::optional(std::move(row));
    };
    auto report = lectern::train(feed, train.model, options);
    if (bar) std::fprintf(stderr, "\r%60s\r", "");
    if (!report) return fail(report.status());
    json::object out = api::parsed(*report).as_object();
    out["model"] = api::clean(train.model);
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    std::cout << out.at("questions") << " questions, "
              << std::string_view(out.at("fitted").as_string())
              << "; each is judged by a fit to the others, in " << out.at("folds") << " parts\n";
    print_curves(out);
    std::cout << shown(train.model)
              << " written; name it in a pipeline: evidence: {plugin: tasks, stage: "
                 "question-answering, options: {model: PATH}}\n";
    return Exit::done;
}

}  // namespace

void add_train_reader(CLI::App& parent, Run& run_command) {
    auto train = std::make_shared<TrainReader>();
    CLI::App& command = *parent.add_subcommand(
        "reader", "Fit the reader's probability to questions of your own about a collection");
    add_collection(command, train->common);
    command
        .add_option(
            "--questions", train->questions,
            ".jsonl rows {\"_id\", \"text\", \"answers\"}; [] where the collection does not "
            "say")
        ->required();
    command.add_option("-o,--output", train->model, "The reader's folder to write")->required();
    command.add_option("--reader", train->reader, "The reader to begin with, a folder or a name")
        ->capture_default_str();
    command.add_option("--passages", train->passages, "Passages that are read for a question")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
