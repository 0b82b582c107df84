#include <cstdio>
#include <iostream>
#include <optional>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"
#include "apps/cli/train_feed.hpp"

namespace lectern::app {
namespace {

struct Train {
    Common common;
    std::vector<std::string> files;
    std::string model;
    std::string analogies;
    boost::json::object chosen;  // options of the trainer, whose schema checks them
};

// Figures for people: fewer digits than JSON has.
std::string figure(const boost::json::value& value) {
    if (!value.is_double()) return boost::json::serialize(value);
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value.get_double());
    return text;
}

void print_score(const boost::json::object& score) {
    std::printf("%-32s %6.1f%%  (%s of %s answered)\n",
                std::string(score.at("name").as_string()).c_str(),
                score.at("accuracy").to_number<double>() * 100,
                boost::json::serialize(score.at("answered")).c_str(),
                boost::json::serialize(score.at("questions")).c_str());
}

void print_analogies(const boost::json::object& report) {
    if (const auto* sections = report.if_contains("sections"); sections && sections->is_array())
        for (const auto& section : sections->as_array()) print_score(section.as_object());
    for (const char* part : {"semantic", "syntactic", "total"})
        if (const auto* score = report.if_contains(part)) print_score(score->as_object());
}

int run(const Train& train) {
    // Without texts a model that is there is measured.
    const bool trains = !train.files.empty() || !train.common.collection.empty();
    if (!train.files.empty() && !train.common.collection.empty())
        return fail({Code::invalid_argument,
                     "give either a collection (-c DIR) or text files to train on, not both"});
    if (!trains && train.analogies.empty())
        return fail({Code::invalid_argument,
                     "give a collection (-c DIR) or text files to train on; --analogies alone "
                     "measures a model that is there"});
    if (const Status bad = readable(train.files); !bad.ok()) return fail(bad);
    if (!train.analogies.empty())
        if (const Status bad = readable({train.analogies}); !bad.ok()) return fail(bad);
    TrainOptions options;
    options.options = boost::json::serialize(train.chosen);
    options.threads = train.common.threads;
    options.folders = folders(train.common);
    options.stop = stop_on_interrupt();
    std::optional<Progress> progress;
    std::string now;  // the step that the bar shows: each has a bar of its own
    options.progress = [&](std::string_view step, double fraction, std::string_view detail) {
        if (step != now || !progress) {
            now = step;
            progress.emplace(!train.common.json);
        }
        progress->show(fraction, now + "  " + std::string(detail));
    };
    boost::json::object out;
    if (trains) {
        auto feed = document_feed(train.common, train.files);
        if (!feed) return fail(feed.status());
        auto report = lectern::train(*feed, train.model, options);
        progress.reset();
        if (!report) return fail(report.status());
        out = api::parsed(*report).as_object();
    }
    out["model"] = api::clean(train.model);
    if (!train.analogies.empty()) {
        auto analogies = lectern::evaluate(train.model, train.analogies, options);
        progress.reset();
        if (!analogies) return fail(analogies.status());
        out["analogies"] = api::parsed(*analogies);
    }
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    for (const auto& [name, value] : out)
        if (!value.is_object())
            std::cout << std::string_view(name) << ": " << figure(value) << '\n';
    if (const auto* analogies = out.if_contains("analogies"))
        print_analogies(analogies->as_object());
    return Exit::done;
}

}  // namespace

void add_train(CLI::App& program, Run& run_command) {
    auto train = std::make_shared<Train>();
    CLI::App& parent = *program.add_subcommand("train", "Train a model on your own text");
    parent.require_subcommand(1);
    add_train_classifier(parent, run_command);
    add_train_reader(parent, run_command);
    add_train_static(parent, run_command);
    CLI::App& command =
        *parent.add_subcommand("word2vec", "Word vectors: CBOW, skip-gram, character n-grams");
    command.add_option("-c,--collection", train->common.collection, "Train on this collection");
    add_folders(command, train->common);
    command.add_option("FILE", train->files, "Train on these text files; - reads standard input");
    command.add_option("-o,--output", train->model, "The model to write")->required();
    command
        .add_option_function<std::string>(
            "--mode", [train](const std::string& mode) { train->chosen["mode"] = mode; },
            "skipgram (default) or cbow")
        ->check(CLI::IsMember({"cbow", "skipgram"}));
    command.add_option_function<std::string>(
        "--ngrams", [train](const std::string& range) { train->chosen["ngrams"] = range; },
        "Character n-grams: 0 (none) or MIN-MAX");
    const auto integer = [&](const char* option, const char* key, const char* what) {
        command.add_option_function<std::int64_t>(
            option, [train, key](std::int64_t value) { train->chosen[key] = value; }, what);
    };
    const auto number = [&](const char* option, const char* key, const char* what) {
        command.add_option_function<double>(
            option, [train, key](double value) { train->chosen[key] = value; }, what);
    };
    integer("--dim", "dim", "Dimension of the vectors (100)");
    integer("--epochs", "epochs", "Passes over the text (5; more for little text)");
    integer("--window", "window", "Words of context on each side, at most (5)");
    integer("--min-count", "min_count", "Leave out rarer words (5; less for little text)");
    integer("--negatives", "negatives", "Random words that each word is told apart from (5)");
    number("--learning-rate", "learning_rate", "At the start; it falls to 0 (0.05)");
    number("--subsample", "subsample", "Thin out words more frequent than this share");
    integer("--buckets", "buckets", "Rows that all n-grams share");
    integer("--seed", "seed", "Seed; with --threads 1 the model is reproducible (1)");
    integer("--analogy-words", "analogy_words",
            "Answer analogies from so many of the most frequent words; 0: all (30000)");
    command.add_option(
        "--analogies", train->analogies,
        "Report accuracy on this analogy file, by section; without FILE and -c, of a "
        "model that is there");
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
