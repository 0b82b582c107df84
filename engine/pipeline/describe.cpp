// lectern/pipeline.hpp.
#include <filesystem>
#include <span>
#include <utility>

#include "config/pipeline.hpp"
#include "engine/collection/engine_impl.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/plugin_host/port.hpp"
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
                    const Pipeline* pipeline, PipelineStep& out) {
    out.plugin = config.plugin;
    out.stage = config.stage;
    if (const auto* model = config.options.if_contains("model");
        model != nullptr && model->is_string())
        out.model = std::string(model->get_string());
    if (const auto type = plugins.find(config.plugin, config.stage); type.ok()) {
        out.kind = std::string(host::name(type->kind));
        out.stage = type->name;
    }
    // A generator with a prompt stands for a custom stage.
    const bool by_prompt = !config.prompt.empty();
    if (by_prompt) out.kind = std::string(host::name(StageKind::custom));
    const host::Stage* stage = pipeline == nullptr ? nullptr : pipeline->find(config.name);
    if (stage == nullptr) return;
    out.takes = by_prompt ? name_of(LECTERN_PORT_TEXT) : host::describe(stage->input());
    out.gives = by_prompt ? name_of(LECTERN_PORT_TEXT) : host::describe(stage->output());
}

void add_flow(const char* flow, const std::vector<config::Step>& steps,
              const config::PipelineConfig& config, const host::PluginHost& plugins,
              const Pipeline* pipeline, std::vector<PipelineStep>& out) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        PipelineStep step;
        step.flow = flow;
        step.position = i;
        if (steps[i].stages.empty()) {
            const Ports ports = ports_of(steps[i].kind);
            step.name = std::string(config::name(steps[i].kind));
            step.takes = name_of(ports.takes);
            step.gives = name_of(ports.gives);
            out.push_back(std::move(step));
            continue;
        }
        for (const std::string& name : steps[i].stages) {
            PipelineStep& one = out.emplace_back(step);
            one.name = name;
            describe_stage(*config.find(name), plugins, pipeline, one);
        }
    }
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
