#include <cstdio>
#include <iostream>

#include "api/request_fields.hpp"
#include "apps/cli/common.hpp"
#include "apps/cli/described.hpp"

namespace lectern::app {
namespace {

struct Ask {
    Common common;
    std::string question;
    api::AskRequest request;
};

void print_result(const Answer& answer) {
    if (answer.status == AnswerStatus::abstained) {
        std::cout << "The collection does not say. The nearest passages:\n";
        for (const Hit& hit : answer.hits)
            std::cout << "  " << shown(hit.document) << ":" << hit.begin << "-" << hit.end << "  "
                      << snippet(hit.text, 120) << '\n';
        return;
    }
    print_sources(answer.citations, answer.status);
}

int run(const Ask& ask) {
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(ask.common, false, true);
    if (!collection) return fail(collection.status());
    AskOptions options = ask.request.options;
    options.stop = stop;
    bool streamed = false;
    if (!ask.common.json)
        options.on_text = [&streamed](std::string_view piece) {
            streamed = true;
            std::cout << shown(piece) << std::flush;
        };
    const auto question = query_text(ask.question, stop);
    if (!question) return fail(question.status());
    auto answer = collection->ask(*question, options);
    if (!answer) {
        if (streamed) std::cout << std::endl;
        return fail(answer.status());
    }
    if (ask.common.json) {
        print(api::json_of(*answer));
    } else {
        print_result(*answer);
    }
    print_hints(answer->hints);
    explain(ask.common, answer->timing.stages);
    return Exit::done;
}

}  // namespace

void add_ask(CLI::App& program, Run& run_command) {
    auto ask = std::make_shared<Ask>();
    CLI::App& command =
        *program.add_subcommand("ask", "Answer a question from the collection, with citations");
    add_collection(command, ask->common);
    command.add_option("--pipeline", ask->common.pipeline,
                       "Another pipeline with the same vectors");
    command.add_option("QUESTION", ask->question, "The question; - reads standard input")
        ->required();
    add_described(command, api::ask_fields(), ask->request);
    add_json(command, ask->common);
    add_explain(command, ask->common);
    command.callback([ask, &run_command] { run_command = [ask] { return run(*ask); }; });
}

}  // namespace lectern::app
