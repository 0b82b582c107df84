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

int run(const Summarize& wanted) {
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(wanted.common, false, true);
    if (!collection) return fail(collection.status());
    const std::string& document = wanted.request.document;
    SummarizeOptions options = wanted.request.options;
    options.stop = stop;
    if (!wanted.common.json)
        options.on_text = [](std::string_view piece) { std::cout << shown(piece) << std::flush; };
    auto summary = collection->summarize(document, options);
    if (!summary) return fail(summary.status());
    if (wanted.common.json)
        print(api::json_of(document, *summary));
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
    command.add_option("DOCUMENT", wanted->request.document, "The document's id")->required();
    add_described(command, api::summarize_fields(), wanted->request);
    add_json(command, wanted->common);
    add_explain(command, wanted->common);
    command.callback([wanted, &run_command] { run_command = [wanted] { return run(*wanted); }; });
}

}  // namespace lectern::app
