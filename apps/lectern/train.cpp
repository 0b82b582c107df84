#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "apps/lectern/common.hpp"
#include "apps/lectern/progress.hpp"

namespace lectern::app {
namespace {

struct Train {
    Common common;
    std::vector<std::string> files;
    std::string model;
    std::string analogies;
    std::string mode;
    std::string ngrams;
    int dimension = 0;
    int epochs = 0;
    int min_count = 0;
    int seed = -1;
};

boost::json::object trainer_options(const Train& train) {
    boost::json::object out;
    if (!train.mode.empty()) out["mode"] = train.mode;
    if (!train.ngrams.empty()) out["ngrams"] = train.ngrams;
    if (train.dimension > 0) out["dim"] = train.dimension;
    if (train.epochs > 0) out["epochs"] = train.epochs;
    if (train.min_count > 0) out["min_count"] = train.min_count;
    if (train.seed >= 0) out["seed"] = train.seed;
    return out;
}

// Line by line, so that a file of any size is read in little memory.
class FileFeed {
 public:
    explicit FileFeed(std::vector<std::string> files) : files_(files.begin(), files.end()) {}
    Result<std::optional<std::string>> next() {
        std::string line;
        while (true) {
            if (file_.is_open() && std::getline(file_, line)) return std::optional(std::move(line));
            if (files_.empty()) return std::optional<std::string>{};
            file_ = std::ifstream(files_.front());
            if (!file_) return Status{Code::not_found, "cannot read '" + files_.front() + "'"};
            files_.pop_front();
        }
    }

 private:
    std::deque<std::string> files_;
    std::ifstream file_;
};

Result<TextFeed> feed_of(const Train& train) {
    if (train.common.collection.empty()) {
        auto files = std::make_shared<FileFeed>(train.files);
        return TextFeed([files] { return files->next(); });
    }
    LECTERN_ASSIGN(auto collection, Collection::open(train.common.collection,
                                                     open_options(train.common, false, false)));
    // Ids first: the trainer asks for one text after the other.
    auto ids = std::make_shared<std::deque<std::string>>();
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        ids->push_back(document.id);
        return true;
    }));
    auto shared = std::make_shared<Collection>(std::move(collection));
    return TextFeed([ids, shared]() -> Result<std::optional<std::string>> {
        if (ids->empty()) return std::optional<std::string>{};
        LECTERN_ASSIGN(Document document, shared->get(ids->front()));
        ids->pop_front();
        return std::optional(document.title + "\n" + document.text);
    });
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
    if (train.files.empty() == train.common.collection.empty())
        return fail({Code::invalid_argument,
                     "give either a collection (-c DIR) or text files to train on"});
    TrainOptions options;
    options.options = boost::json::serialize(trainer_options(train));
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
    auto feed = feed_of(train);
    if (!feed) return fail(feed.status());
    auto report = lectern::train(*feed, train.model, options);
    progress.reset();
    if (!report) return fail(report.status());
    boost::json::object out = parsed(*report).as_object();
    out["model"] = clean(train.model);
    if (!train.analogies.empty()) {
        auto analogies = lectern::evaluate(train.model, train.analogies, options);
        progress.reset();
        if (!analogies) return fail(analogies.status());
        out["analogies"] = parsed(*analogies);
    }
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    for (const auto& [name, value] : out)
        if (!value.is_object())
            std::cout << std::string_view(name) << ": " << boost::json::serialize(value) << '\n';
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
    CLI::App& command =
        *parent.add_subcommand("word2vec", "Word vectors: CBOW, skip-gram, character n-grams");
    command.add_option("-c,--collection", train->common.collection, "Train on this collection");
    add_folders(command, train->common);
    command.add_option("FILE", train->files, "Train on these text files");
    command.add_option("-o,--output", train->model, "The model to write")->required();
    command.add_option("--mode", train->mode, "skipgram (default) or cbow")
        ->check(CLI::IsMember({"cbow", "skipgram"}));
    command.add_option("--ngrams", train->ngrams, "Character n-grams: 0 (none) or MIN-MAX");
    command.add_option("--dim", train->dimension, "Dimension of the vectors");
    command.add_option("--epochs", train->epochs, "Passes over the text");
    command.add_option("--min-count", train->min_count, "Leave out rarer words");
    command.add_option("--seed", train->seed, "Seed; with --threads 1 the model is reproducible");
    command.add_option("--analogies", train->analogies,
                       "Report accuracy on this analogy file, by section");
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
