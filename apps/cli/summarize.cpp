#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

struct Summarize {
    Common common;
    std::string document;
    bool extractive = false;
};

int run(const Summarize& wanted) {
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(wanted.common, false, true);
    if (!collection) return fail(collection.status());
    SummarizeOptions options;
    options.extractive = wanted.extractive;
    options.stop = stop;
    if (!wanted.common.json)
        options.on_text = [](std::string_view piece) { std::cout << shown(piece) << std::flush; };
    auto summary = collection->summarize(wanted.document, options);
    if (!summary) return fail(summary.status());
    if (wanted.common.json)
        print(api::json_of(wanted.document, *summary));
    else
        print_sources(summary->citations, summary->status);
    explain(wanted.common, summary->timing.stages);
    return Exit::done;
}

}  // namespace

void add_summarize(CLI::App& program, Run& run_command) {
    auto wanted = std::make_shared<Summarize>();
    CLI::App& command = *program.add_subcommand(
        "summarize", "Say in a few cited sentences what a document is about");
    add_collection(command, wanted->common);
    command.add_option("DOCUMENT", wanted->document, "The document's id")->required();
    command.add_flag("--extractive", wanted->extractive, "Quote only; never start the generator");
    add_json(command, wanted->common);
    add_explain(command, wanted->common);
    command.callback([wanted, &run_command] { run_command = [wanted] { return run(*wanted); }; });
}

}  // namespace lectern::app
