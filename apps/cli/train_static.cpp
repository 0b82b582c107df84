// lectern train static: an encoder to vectors of its tokens, and to passages as their sums.
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"
#include "apps/cli/train_feed.hpp"

namespace lectern::app {
namespace {

struct TrainStatic {
    Common common;
    std::vector<std::string> files;
    std::string model;
    boost::json::object chosen;  // options of the trainer, whose schema checks them
};

int run(const TrainStatic& train) {
    if (!train.files.empty() && !train.common.collection.empty())
        return fail({Code::invalid_argument,
                     "give either a collection (-c DIR) or text files to fit the vectors to, not "
                     "both"});
    if (const Status bad = readable(train.files); !bad.ok()) return fail(bad);
    TrainOptions options;
    options.plugin = "static";
    options.stage = "trainer";
    options.pipeline = train.common.pipeline;
    options.options = boost::json::serialize(train.chosen);
    options.threads = train.common.threads;
    options.folders = folders(train.common);
    options.stop = stop_on_interrupt();
    std::optional<Progress> progress;
    std::string now;  // the step that the bar shows: each has a bar of its own
    options.progress = [&](std::string_view step, double fraction, std::string_view) {
        if (step != now || !progress) {
            now = step;
            progress.emplace(!train.common.json);
        }
        progress->show(fraction, now);
    };
    auto feed = passage_feed(train.common, train.files);
    if (!feed) return fail(feed.status());
    auto report = lectern::train(*feed, train.model, options);
    progress.reset();
    if (!report) return fail(report.status());
    boost::json::object out = api::parsed(*report).as_object();
    out["model"] = api::clean(train.model);
    out["pipeline"] = api::clean(options.pipeline);
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    for (const auto& [name, value] : out) {
        const bool text = value.is_string();
        std::cout << std::string_view(name) << ": "
                  << (text ? std::string(value.get_string()) : boost::json::serialize(value))
                  << '\n';
    }
    return Exit::done;
}

}  // namespace

void add_train_static(CLI::App& parent, Run& run_command) {
    auto train = std::make_shared<TrainStatic>();
    train->common.pipeline = "search-only";
    CLI::App& command = *parent.add_subcommand(
        "static", "Vectors of tokens from an encoder: for the pipeline fast");
    command.add_option("FILE", train->files,
                       "Fit them to the lines of these text files; - reads standard input");
    command.add_option("-c,--collection", train->common.collection,
                       "Fit them to the passages of this collection");
    command.add_option("-o,--output", train->model, "The model to write")->required();
    command
        .add_option("--pipeline", train->common.pipeline,
                    "Whose embedder to distil: a file or a name")
        ->capture_default_str();
    command.add_option_function<std::int64_t>(
        "--dim", [train](std::int64_t value) { train->chosen["dim"] = value; },
        "Dimension of the vectors (256)");
    command.add_option_function<double>(
        "--hold", [train](double value) { train->chosen["hold"] = value; },
        "With texts: how hard vectors are held where the vocabulary puts them (0.001)");
    command.add_option_function<std::int64_t>(
        "--texts", [train](std::int64_t value) { train->chosen["texts"] = value; },
        "Read so many texts at most (100000)");
    add_folders(command, train->common);
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
