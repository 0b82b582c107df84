// lectern/pipeline.hpp.
#include <filesystem>
#include <span>
#include <utility>

#include "config/pipeline.hpp"
#include "engine/collection/engine_impl.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/plugin_host/port.hpp"
#include "engine/plugin_host/stage_check.hpp"
#include "lectern/pipeline.hpp"

namespace lectern {
namespace {

using config::StepKind;
using host::StageKind;

struct Ports {
    std::uint32_t takes = 0;  // LECTERN_PORT_*; 0: nothing
    std::uint32_t gives = 0;
};

Ports ports_of(StepKind kind) {
    switch (kind) {
        case StepKind::source: return {0, LECTERN_PORT_SOURCE};
        case StepKind::commit: return {LECTERN_PORT_VECTORS, 0};
        case StepKind::query: return {0, LECTERN_PORT_TEXT};
        case StepKind::search: return {LECTERN_PORT_VECTORS, LECTERN_PORT_HITS};
        case StepKind::quote: return {LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER};
        case StepKind::verify: return {LECTERN_PORT_ANSWER, LECTERN_PORT_ANSWER};
        case StepKind::stage:
        case StepKind::choice: break;
    }
    return {};
}

std::string name_of(std::uint32_t port) {
    return port == 0 ? std::string() : host::port_type_name(port);
}

// What is known of a stage that is not made, or of one that is.
void describe_stage(const config::StageConfig& config, const host::PluginHost& plugins,
                    const Pipeline* pipeline, std::string_view before, PipelineStep& out) {
    out.plugin = config.plugin;
    out.stage = config.stage;
    if (const auto* model = config.options.if_contains("model");
        model != nullptr && model->is_string())
        out.model = std::string(model->get_string());
    const auto type = plugins.find(config.plugin, config.stage);
    if (!type) return;
    out.stage = type->name;
    // A generator with a prompt stands for a custom stage.
    const StageKind kind = config.prompt.empty() ? type->kind : StageKind::custom;
    out.kind = std::string(host::name(kind));
    const host::Ports any = host::ports_of(kind);
    out.takes = name_of(any.input.type);
    out.gives = name_of(any.output.type);
    if (kind == StageKind::custom) {
        // It chooses of hits and of evidence.
        const bool chooses =
            before == name_of(LECTERN_PORT_HITS) || before == name_of(LECTERN_PORT_EVIDENCE);
        if (chooses) out.takes = out.gives = before;
        return;
    }
    const host::Stage* stage = pipeline == nullptr ? nullptr : pipeline->find(config.name);
    if (stage == nullptr) return;
    out.takes = host::describe(stage->input());
    out.gives = host::describe(stage->output());
}

PipelineStep built_in(const char* flow, StepKind kind, std::size_t position) {
    const Ports ports = ports_of(kind);
    PipelineStep out;
    out.flow = flow;
    out.position = position;
    out.name = std::string(config::name(kind));
    out.takes = name_of(ports.takes);
    out.gives = name_of(ports.gives);
    return out;
}

void add_flow(const char* flow, const std::vector<config::Step>& steps,
              const config::PipelineConfig& config, const host::PluginHost& plugins,
              const Pipeline* pipeline, std::vector<PipelineStep>& out) {
    std::string before;  // what the last step gives
    std::size_t position = 0;
    // Evidence that nobody writes from is quoted, whether the file says so or not.
    const auto quote_evidence = [&] {
        if (before != name_of(LECTERN_PORT_EVIDENCE)) return;
        out.push_back(built_in(flow, StepKind::quote, position++));
    };
    for (const config::Step& step : steps) {
        if (step.kind == StepKind::verify) quote_evidence();
        if (step.stages.empty()) out.push_back(built_in(flow, step.kind, position));
        for (const std::string& name : step.stages) {
            PipelineStep one;
            one.flow = flow;
            one.position = position;
            one.name = name;
            describe_stage(*config.find(name), plugins, pipeline, before, one);
            out.push_back(std::move(one));
        }
        before = out.back().gives;
        ++position;
    }
    quote_evidence();
}

bool has_step(const PipelineGraph& graph, StepKind kind) {
    for (const PipelineStep& step : graph.steps)
        if (step.flow == "query" && step.kind.empty() && step.name == config::name(kind))
            return true;
    return false;
}

bool has_kind(const PipelineGraph& graph, std::string_view kind) {
    for (const PipelineStep& step : graph.steps)
        if (step.flow == "query" && step.kind == kind) return true;
    return false;
}

// What the pipeline leaves out, and what that means.
void add_notes(const config::PipelineConfig& config, PipelineGraph& graph) {
    graph.notes = config.warnings;
    const bool reads = has_kind(graph, host::name(StageKind::reader));
    const bool writes = has_kind(graph, host::name(StageKind::generator));
    if (!reads)
        graph.notes.emplace_back("no reader in 'query': it searches, and answers no questions");
    if (reads && !writes) graph.notes.emplace_back("no generator in 'query': answers are quotes");
    if (writes && !has_step(graph, StepKind::verify))
        graph.notes.emplace_back(
            "no 'verify' in 'query': what the generator writes is not checked against its "
            "evidence");
    if (!has_kind(graph, host::name(StageKind::reranker)))
        graph.notes.emplace_back(
            "no reranker in 'query': hits stay in the order that the search gives them");
}

}  // namespace

Result<PipelineGraph> describe_pipeline(const std::string& pipeline, const Folders& folders,
                                        const Log& log) {
    LECTERN_ASSIGN(const auto engine, Engine::Impl::make({.folders = folders, .log = log}));
    const std::filesystem::path shipped[] = {engine->folders.pipelines};
    LECTERN_ASSIGN(const auto file, config::find_pipeline(pipeline, shipped));
    LECTERN_ASSIGN(auto config, config::load_pipeline(file));
    LECTERN_ASSIGN(const auto models, engine->models(config.threads));

    PipelineGraph out;
    out.name = config.name;
    out.file = file.string();
    auto made = Pipeline::open(config, models);
    if (!made) {
        out.problems.emplace_back(made.status().message());
    } else if (const Status answers = (*made)->prepare_answers(Answers::written); !answers.ok()) {
        out.problems.emplace_back(answers.message());
    }
    const Pipeline* live = made.ok() ? made->get() : nullptr;
    add_flow("ingest", config.ingest, config, models->host(), live, out.steps);
    add_flow("query", config.query, config, models->host(), live, out.steps);
    add_notes(config, out);
    return out;
}

}  // namespace lectern
