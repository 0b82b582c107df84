// lectern/pipeline.hpp.
#include <algorithm>
#include <boost/json/value.hpp>
#include <filesystem>
#include <span>
#include <utility>

#include "api/json_text.hpp"
#include "config/pipeline.hpp"
#include "config/pipeline_fields.hpp"
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
        case StepKind::fuse: return {LECTERN_PORT_HITS, LECTERN_PORT_HITS};
        case StepKind::quote: return {LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER};
        case StepKind::verify: return {LECTERN_PORT_ANSWER, LECTERN_PORT_ANSWER};
        case StepKind::stage:
        case StepKind::choice:
        case StepKind::branches: break;
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

PipelineStep built_in(StepKind kind, std::string_view before) {
    Ports ports = ports_of(kind);
    // By words alone.
    if (kind == StepKind::search && before == name_of(LECTERN_PORT_TEXT))
        ports.takes = LECTERN_PORT_TEXT;
    if (kind == StepKind::commit && before == name_of(LECTERN_PORT_CHUNKS))
        ports.takes = LECTERN_PORT_CHUNKS;
    PipelineStep out;
    out.name = std::string(config::name(kind));
    out.takes = name_of(ports.takes);
    out.gives = name_of(ports.gives);
    return out;
}

// What a step says of itself, as its keys have it: "mode lexical, share 0.5".
template <typename T>
std::string settings_of(const api::Table<T>& table, const T& settings) {
    std::string out;
    for (const api::Bound<T>& key : table) {
        const boost::json::value value = key.get(settings);
        if (value.is_null() || value == key.get(T())) continue;
        if (!out.empty()) out += ", ";
        out += std::string(key.description.name) + " " +
               (value.is_string() ? std::string(value.get_string()) : api::json_text(value));
    }
    return out;
}

// The steps of one flow, each behind those whose output it takes.
class FlowSteps {
 public:
    FlowSteps(const char* flow, const config::PipelineConfig& config,
              const host::PluginHost& plugins, const Pipeline* pipeline,
              std::vector<PipelineStep>& out)
        : flow_(flow), config_(config), plugins_(plugins), pipeline_(pipeline), out_(out) {}

    // Branches have no branches.
    // NOLINTNEXTLINE(misc-no-recursion)
    void add(const std::vector<config::Step>& steps) {
        for (const config::Step& step : steps) {
            // Evidence that nobody writes from is quoted, whether the file says so or not.
            if (step.kind == StepKind::verify) quote_evidence();
            if (step.kind == StepKind::branches)
                add_branches(step);
            else
                add(step);
        }
        if (branch_ == 0) quote_evidence();
    }

 private:
    void quote_evidence() {
        if (before_ == name_of(LECTERN_PORT_EVIDENCE)) add(config::Step{.kind = StepKind::quote});
    }

    void add(const config::Step& step) {
        const std::vector<std::size_t> after = std::move(last_);
        last_.clear();
        const auto push = [&](PipelineStep one) {
            one.flow = flow_;
            one.position = position_;
            one.branch = branch_;
            one.after = after;
            last_.push_back(out_.size());
            out_.push_back(std::move(one));
        };
        if (step.stages.empty()) {
            PipelineStep one = built_in(step.kind, before_);
            if (step.kind == StepKind::search)
                one.settings = settings_of(config::branch_keys(), step.search);
            if (step.kind == StepKind::fuse)
                one.settings = std::string(lectern::name(step.fuse.fusion));
            push(std::move(one));
        }
        for (const std::string& name : step.stages) {
            PipelineStep one;
            one.name = name;
            describe_stage(*config_.find(name), plugins_, pipeline_, before_, one);
            push(std::move(one));
        }
        before_ = out_.back().gives;
        ++position_;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    void add_branches(const config::Step& step) {
        const std::vector<std::size_t> fork = last_;
        const std::size_t first = position_;
        const std::string before = before_;
        std::vector<std::size_t> ends;
        std::size_t longest = first;
        for (const std::vector<config::Step>& branch : step.branches) {
            ++branch_;
            position_ = first;
            last_ = fork;
            before_ = before;
            add(branch);
            ends.insert(ends.end(), last_.begin(), last_.end());
            longest = std::max(longest, position_);
        }
        branch_ = 0;
        position_ = longest;
        last_ = std::move(ends);
    }

    const char* flow_;
    const config::PipelineConfig& config_;
    const host::PluginHost& plugins_;
    const Pipeline* pipeline_;
    std::vector<PipelineStep>& out_;
    std::string before_;  // what the last step gives
    std::size_t position_ = 0;
    std::size_t branch_ = 0;
    std::vector<std::size_t> last_;  // places of the last step's in out_
};

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
    const bool embeds =
        std::any_of(graph.steps.begin(), graph.steps.end(), [](const PipelineStep& step) {
            return step.flow == "ingest" && step.kind == host::name(StageKind::embedder);
        });
    if (!embeds)
        graph.notes.emplace_back(
            "no embedder in 'ingest': documents are found by their words alone");
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
    FlowSteps("ingest", config, models->host(), live, out.steps).add(config.ingest);
    FlowSteps("query", config, models->host(), live, out.steps).add(config.query);
    add_notes(config, out);
    return out;
}

}  // namespace lectern
