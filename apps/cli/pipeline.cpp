#include "lectern/pipeline.hpp"

#include <algorithm>
#include <iostream>
#include <string>

#include "apps/cli/common.hpp"
#include "text/double_quoted.hpp"

namespace lectern::app {
namespace {

struct Arguments {
    Common common;
    std::string pipeline;
    bool dot = false;
};

// "documents, text": the plugin and its stage; one name where they are the same.
std::string made_by(const PipelineStep& step) {
    if (step.plugin.empty()) return "built in";
    return step.stage.empty() || step.stage == step.plugin ? step.plugin
                                                           : step.plugin + ", " + step.stage;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 2, width), ' ');
    return text;
}

void print_text(const PipelineGraph& graph) {
    std::cout << graph.name << "  (" << graph.file << ")\n";
    std::string flow;
    for (std::size_t i = 0; i < graph.steps.size(); ++i) {
        const PipelineStep& step = graph.steps[i];
        if (step.flow != flow) std::cout << '\n' << step.flow << '\n';
        const bool also = i > 0 && step.flow == flow &&
                          graph.steps[i - 1].position == step.position &&
                          graph.steps[i - 1].branch == step.branch;
        flow = step.flow;
        std::string before = also ? "  or " : "  ";
        if (step.branch > 0) before = "  " + std::to_string(step.branch) + ": ";
        std::cout << before << padded(step.name, 18 - before.size()) << padded(step.kind, 12)
                  << padded(made_by(step), 26) << (step.takes.empty() ? "" : step.takes + " ")
                  << "->" << (step.gives.empty() ? "" : " " + step.gives);
        if (!step.model.empty()) std::cout << "  [" << step.model << "]";
        if (!step.settings.empty()) std::cout << "  [" << step.settings << "]";
        std::cout << '\n';
    }
    if (!graph.notes.empty() || !graph.problems.empty()) std::cout << '\n';
    for (const std::string& note : graph.notes) std::cout << "note: " << shown(note) << '\n';
}

void print_dot(const PipelineGraph& graph) {
    const auto id = [](const PipelineStep& step) {
        const std::string branch = step.branch > 0 ? " " + std::to_string(step.branch) : "";
        return text::double_quoted(step.flow + branch + ": " + step.name);
    };
    std::cout << "digraph " << text::double_quoted(graph.name)
              << " {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const char* flow : {"ingest", "query"}) {
        std::cout << "  subgraph cluster_" << flow << " {\n    label=" << flow << ";\n";
        for (const PipelineStep& step : graph.steps) {
            if (step.flow != flow) continue;
            std::string label = step.name;
            if (!step.kind.empty()) label += " (" + step.kind + ")";
            if (!step.settings.empty()) label += " (" + step.settings + ")";
            std::cout << "    " << id(step) << " [label=" << text::double_quoted(label)
                      << ", tooltip="
                      << text::double_quoted(made_by(step) +
                                             (step.model.empty() ? "" : ", " + step.model))
                      << "];\n";
        }
        std::cout << "  }\n";
    }
    for (const PipelineStep& to : graph.steps)
        for (const std::size_t from : to.after)
            std::cout << "  " << id(graph.steps[from]) << " -> " << id(to)
                      << " [label=" << text::double_quoted(graph.steps[from].gives) << "];\n";
    std::cout << "}\n";
}

boost::json::array list_of(const std::vector<std::string>& texts) {
    boost::json::array out;
    for (const std::string& text : texts) out.push_back(api::clean(text));
    return out;
}

void print_json(const PipelineGraph& graph) {
    boost::json::array steps;
    for (const PipelineStep& step : graph.steps)
        steps.push_back(boost::json::object{{"flow", step.flow},
                                            {"position", step.position},
                                            {"branch", step.branch},
                                            {"after", boost::json::value_from(step.after)},
                                            {"name", api::clean(step.name)},
                                            {"kind", step.kind},
                                            {"plugin", api::clean(step.plugin)},
                                            {"stage", api::clean(step.stage)},
                                            {"model", api::clean(step.model)},
                                            {"settings", step.settings},
                                            {"takes", api::clean(step.takes)},
                                            {"gives", api::clean(step.gives)}});
    print({{"pipeline", api::clean(graph.name)},
           {"file", api::clean(graph.file)},
           {"steps", std::move(steps)},
           {"problems", list_of(graph.problems)},
           {"notes", list_of(graph.notes)}});
}

int run(const Arguments& arguments) {
    const EngineOptions options = engine_options(arguments.common);
    const auto graph = describe_pipeline(arguments.pipeline, options.folders, options.log);
    if (!graph) return fail(graph.status());
    if (arguments.common.json)
        print_json(*graph);
    else if (arguments.dot)
        print_dot(*graph);
    else
        print_text(*graph);
    for (const std::string& problem : graph->problems)
        std::cerr << "lectern: " << shown(problem) << '\n';
    return graph->problems.empty() ? Exit::done : Exit::failed;
}

}  // namespace

void add_pipeline(CLI::App& program, Run& run_command) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App& command = *program.add_subcommand(
        "pipeline", "Check a pipeline file and print its stages: what they take and give, models");
    command
        .add_option("FILE", arguments->pipeline, "A pipeline file, or the name of one that ships")
        ->required();
    command.add_flag("--dot", arguments->dot, "As a graph for Graphviz");
    add_folders(command, arguments->common);
    add_json(command, arguments->common);
    command.callback(
        [arguments, &run_command] { run_command = [arguments] { return run(*arguments); }; });
}

}  // namespace lectern::app
