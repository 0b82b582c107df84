#include <iostream>

#include "api/request_fields.hpp"
#include "apps/cli/common.hpp"
#include "apps/cli/described.hpp"

namespace lectern::app {
namespace {

struct Summarize {
    Common common;
    api::SummarizeRequest request;
};

int run(const Summarize& arguments) {
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(arguments.common, false, true);
    if (!collection) return fail(collection.status());
    const std::string& document = arguments.request.document;
    SummarizeOptions options = arguments.request.options;
    options.stop = stop;
    if (!arguments.common.json)
        options.on_text = [](std::string_view piece) { std::cout << shown(piece) << std::flush; };
    auto summary = collection->summarize(document, options);
    if (!summary) return fail(summary.status());
    if (arguments.common.json)
        print(api::json_of(document, *summary));
    else
        print_sources(summary->citations, summary->status);
    explain(arguments.common, summary->timing.stages);
    return Exit::done;
}

}  // namespace

void add_summarize(CLI::App& program, Run& run_command) {
    auto arguments = std::make_shared<Summarize>();
    CLI::App& command = *program.add_subcommand(
        "summarize", "Say in a few cited sentences what a document is about");
    add_collection(command, arguments->common);
    command.add_option("DOCUMENT", arguments->request.document, "The document's id")->required();
    add_described(command, api::summarize_fields(), arguments->request);
    add_json(command, arguments->common);
    add_explain(command, arguments->common);
    command.callback(
        [arguments, &run_command] { run_command = [arguments] { return run(*arguments); }; });
}

}  // namespace lectern::app
