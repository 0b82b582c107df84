// lectern train classifier: labelled texts to a small model over an embedder's vectors.
#include <unistd.h>

#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

struct TrainClassifier {
    Common common;
    std::vector<std::string> files;
    std::string model;
    std::string test;
    boost::json::object chosen;  // options of the trainer, whose schema checks them
};

// One line of a .tsv file, "label<TAB>text", as a row of JSON.
Result<std::string> row_of_tsv(const std::string& line, const std::string& where) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos || tab == 0 || tab + 1 == line.size())
        return Status{Code::invalid_argument,
                      where + ": a line of a .tsv file is LABEL, a tab, TEXT"};
    return boost::json::serialize(boost::json::object{{"label", api::clean(line.substr(0, tab))},
                                                      {"text", api::clean(line.substr(tab + 1))}});
}

// The trainer counts examples; only here is known where a row stands.
Status check_row(const std::string& line, const std::string& where) {
    boost::system::error_code error;
    const boost::json::value row = boost::json::parse(line, error);
    if (error) return {Code::invalid_argument, where + ": this is not JSON: " + error.message()};
    for (const char* key : {"text", "label"}) {
        const auto* object = row.if_object();
        const auto* value = object == nullptr ? nullptr : object->if_contains(key);
        if (value != nullptr && value->is_string() && !value->get_string().empty()) continue;
        return {Code::invalid_argument,
                where +
                    ": a row is {\"text\": \"...\", \"label\": \"...\"}, and this one has no \"" +
                    key + "\" that is a string with something in it"};
    }
    return {};
}

// Rows of .jsonl files as they are, lines of .tsv files as rows.
class ExampleFeed {
 public:
    explicit ExampleFeed(std::vector<std::string> files) : files_(files.begin(), files.end()) {}

    Result<std::optional<std::string>> next() {
        std::string line;
        while (true) {
            while (file_.is_open() && std::getline(file_, line)) {
                ++number_;
                if (line.ends_with('\r')) line.pop_back();
                if (line.find_first_not_of(" \t") == std::string::npos) continue;
                const std::string where = name_ + ":" + std::to_string(number_);
                if (!name_.ends_with(".tsv")) {
                    LECTERN_TRY(check_row(line, where));
                    return std::optional(std::move(line));
                }
                LECTERN_ASSIGN(std::string row, row_of_tsv(line, where));
                return std::optional(std::move(row));
            }
            if (files_.empty()) return std::optional<std::string>{};
            name_ = files_.front();
            number_ = 0;
            file_ = std::ifstream(name_);
            if (!file_) return Status{Code::not_found, "cannot read '" + name_ + "'"};
            files_.pop_front();
        }
    }

 private:
    std::deque<std::string> files_;
    std::string name_;
    std::size_t number_ = 0;
    std::ifstream file_;
};

void print_scores(const char* title, const boost::json::object& scores) {
    std::printf("%s: accuracy %.3f, macro F1 %.3f (%s examples)\n", title,
                scores.at("accuracy").to_number<double>(),
                scores.at("macro_f1").to_number<double>(),
                boost::json::serialize(scores.at("examples")).c_str());
    std::printf("  %-32s %9s %9s %9s %9s\n", "label", "examples", "precision", "recall", "F1");
    for (const auto& item : scores.at("classes").as_array()) {
        const auto& one = item.as_object();
        std::printf("  %-32s %9s %9.3f %9.3f %9.3f\n",
                    snippet(std::string_view(one.at("label").as_string()), 32).c_str(),
                    boost::json::serialize(one.at("examples")).c_str(),
                    one.at("precision").to_number<double>(), one.at("recall").to_number<double>(),
                    one.at("f1").to_number<double>());
    }
}

int run(const TrainClassifier& train) {
    TrainOptions options;
    options.plugin = "tasks";
    options.stage = "trainer";
    options.pipeline = train.common.pipeline.empty() ? "search-only" : train.common.pipeline;
    options.options = boost::json::serialize(train.chosen);
    options.threads = train.common.threads;
    options.folders = folders(train.common);
    options.stop = stop_on_interrupt();
    const bool bar = !train.common.json && terminal(STDERR_FILENO);
    if (bar)
        options.progress = [](std::string_view step, double fraction, std::string_view) {
            std::fprintf(stderr, "\r%-12.*s %3.0f%% ", static_cast<int>(step.size()), step.data(),
                         fraction * 100);
        };
    auto feed = std::make_shared<ExampleFeed>(train.files);
    auto report = lectern::train([feed] { return feed->next(); }, train.model, options);
    if (bar) std::fprintf(stderr, "\r%40s\r", "");
    if (!report) return fail(report.status());
    boost::json::object out = api::parsed(*report).as_object();
    out["model"] = api::clean(train.model);
    out["pipeline"] = api::clean(options.pipeline);
    if (!train.test.empty()) {
        auto tested = lectern::evaluate(train.model, train.test, options);
        if (!tested) return fail(tested.status());
        out["test"] = api::parsed(*tested);
    }
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    const std::string title =
        "cross-validated in " + boost::json::serialize(out.at("folds")) + " parts";
    print_scores(title.c_str(), out.at("cross_validated").as_object());
    if (const auto* test = out.if_contains("test")) print_scores("test", test->as_object());
    std::printf("%s written\n", train.model.c_str());
    return Exit::done;
}

}  // namespace

void add_train_classifier(CLI::App& parent, Run& run_command) {
    auto train = std::make_shared<TrainClassifier>();
    CLI::App& command = *parent.add_subcommand(
        "classifier", "One linear layer over an embedder's vectors, from a few labelled texts");
    command
        .add_option("FILE", train->files,
                    "Examples: .jsonl rows {\"text\", \"label\"}, or .tsv lines LABEL<TAB>TEXT")
        ->required();
    command.add_option("-o,--output", train->model, "The model to write")->required();
    command.add_option("--pipeline", train->common.pipeline,
                       "Whose embedder to use: a file or a name (default search-only)");
    command.add_option_function<std::int64_t>(
        "--folds", [train](std::int64_t folds) { train->chosen["folds"] = folds; },
        "Parts of the cross-validation (5)");
    command.add_option_function<double>(
        "--strength", [train](double strength) { train->chosen["strength"] = strength; },
        "Larger: closer to the examples; smaller: simpler (10)");
    command.add_option_function<std::int64_t>(
        "--seed", [train](std::int64_t seed) { train->chosen["seed"] = seed; },
        "Of the order of examples in the cross-validation");
    command.add_option("--test", train->test, "Also measure on these examples, .jsonl or .tsv");
    add_folders(command, train->common);
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
