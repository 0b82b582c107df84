#include "engine/pipeline/pipeline.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "corpus/synonyms.hpp"
#include "engine/pipeline/by_prompt.hpp"
#include "engine/plugin_host/stage_check.hpp"

namespace lectern {
namespace {

using host::Port;
using host::StageKind;

constexpr bool answers(StageKind kind) {
    return kind == StageKind::reranker || kind == StageKind::reader ||
           kind == StageKind::generator || kind == StageKind::verifier;
}

Status at(const config::Place& place, Status status) {
    return status.within(place.text());
}

// What a custom stage takes and gives behind a step that gives `before`. It is shown texts: the
// query, or a document at ingest, which it may change; or of hits and evidence each one, of which
// it chooses.
Result<std::uint32_t> custom_port(const config::StageConfig& stage, std::uint32_t before) {
    const std::string name = "'" + stage.name + "'";
    if (before == LECTERN_PORT_ANSWER)
        return at(stage.place,
                  {Code::invalid_argument,
                   name + " is a custom stage behind the answer, which nobody would verify any "
                          "more; put it before 'search' (it gets the query), behind it (each hit) "
                          "or behind the reader (each piece of evidence)"});
    if (before != LECTERN_PORT_HITS && before != LECTERN_PORT_EVIDENCE)
        return std::uint32_t{LECTERN_PORT_TEXT};
    if (!stage.prompt.empty())
        return at(stage.place,
                  {Code::invalid_argument,
                   name + " writes other texts, and hits and evidence are what stands in the "
                          "documents; put it before 'search', or into 'ingest'"});
    return before;
}

// How a `search` searches, when a request does not say it.
SearchMode mode_of(const config::Step& search, const config::PipelineConfig& config) {
    return search.search.mode.value_or(config.search.mode);
}

// Whether no search of the query needs a vector.
bool searches_by_words(const config::PipelineConfig& config) {
    const auto steps = config::all_steps(config.query);
    return std::all_of(steps.begin(), steps.end(), [&](const config::Step* step) {
        return step->kind != config::StepKind::search ||
               mode_of(*step, config) == SearchMode::lexical;
    });
}

// Takes the stage of a kind that a flow has one of.
Status once(std::string& slot, const std::string& name, StageKind kind, const config::Step& step) {
    if (!slot.empty() && slot != name)
        return at(step.place, {Code::invalid_argument, "'" + name + "' is a second " +
                                                           std::string(host::name(kind)) +
                                                           " in this flow; one is enough"});
    slot = name;
    return {};
}

}  // namespace

Pipeline::Pipeline(config::PipelineConfig config, std::shared_ptr<ModelRegistry> models)
    : config_(std::move(config)), models_(std::move(models)) {}

Result<std::unique_ptr<Pipeline>> Pipeline::open(config::PipelineConfig config,
                                                 std::shared_ptr<ModelRegistry> models) {
    std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(config), std::move(models)));
    LECTERN_TRY(pipeline->check_kinds());
    LECTERN_TRY(pipeline->check_parts());
    LECTERN_TRY(pipeline->check_flows());  // by their kinds: what does not fit costs no model
    LECTERN_TRY(pipeline->check_verifier());
    LECTERN_TRY(pipeline->load_synonyms());
    LECTERN_TRY(pipeline->open_embedding());
    LECTERN_TRY(pipeline->build_ingest());
    LECTERN_TRY(pipeline->build_query());
    LECTERN_TRY(pipeline->check_flows());
    return pipeline;
}

Status Pipeline::load_synonyms() {
    if (config_.search.synonyms.empty()) return {};
    const std::filesystem::path file = config_.base_folder / config_.search.synonyms;
    auto loaded = index::Synonyms::load(file);
    if (!loaded) return at(config_.search.synonyms_place, loaded.status());
    synonyms_ = std::make_shared<const index::Synonyms>(std::move(*loaded));
    return {};
}

const host::Stage* Pipeline::find(std::string_view stage) const noexcept {
    if (embedding_ && embedding_->embeds())
        for (const host::Stage* item : {&embedding_->tokenizer(), &embedding_->embedder()})
            if (item->name() == stage) return item;
    for (const auto& item : stages_)
        if (item->name() == stage) return item.get();
    return nullptr;
}

Status Pipeline::make(std::string_view stage) {
    if (find(stage) != nullptr) return {};
    LECTERN_ASSIGN(auto made,
                   models_->stage(config_, *config_.find(stage), {embedding_, embedding_key_}));
    stages_.push_back(std::move(made));
    return {};
}

Result<StageKind> Pipeline::kind_of(std::string_view stage) const {
    const config::StageConfig& stage_config = *config_.find(stage);
    auto info = models_->host().find(stage_config.plugin, stage_config.stage);
    if (!info) return at(stage_config.plugin_place, info.status());
    if (stage_config.prompt.empty()) return info->kind;
    if (info->kind == StageKind::generator) return StageKind::custom;
    return at(stage_config.place,
              {Code::invalid_argument, "'" + stage_config.name + "' is a " +
                                           std::string(host::name(info->kind)) +
                                           ", and a prompt is for a generator; remove the prompt"});
}

// Before anything is loaded, so that a step in the wrong flow costs no model.
Status Pipeline::check_kinds() const {
    const auto check = [this](const std::vector<config::Step>& steps, const char* flow,
                              const auto& has_place) -> Status {
        for (const config::Step* step : config::all_steps(steps))
            for (const std::string& name : step->stages) {
                LECTERN_ASSIGN(const StageKind kind, kind_of(name));
                if (!has_place(kind))
                    return at(step->place, {Code::invalid_argument,
                                            "'" + name + "' is a " + std::string(host::name(kind)) +
                                                ", which has no place in '" + flow + "'"});
            }
        return {};
    };
    LECTERN_TRY(check(config_.ingest, "ingest",
                      [](StageKind kind) { return !answers(kind) && kind != StageKind::trainer; }));
    LECTERN_TRY(check(config_.query, "query", [](StageKind kind) {
        return answers(kind) || kind == StageKind::tokenizer || kind == StageKind::embedder ||
               kind == StageKind::custom;
    }));
    for (const auto& [language, stage] : config_.answer.languages) {
        LECTERN_ASSIGN(const StageKind kind, kind_of(stage));
        if (kind != StageKind::custom)
            return at(config_.find(stage)->place,
                      {Code::invalid_argument,
                       "'" + stage + "' is to translate answers into '" + language +
                           "' (answer.languages) and is a " + std::string(host::name(kind)) +
                           "; name a custom stage, or a generator with a prompt"});
    }
    return {};
}

Result<Pipeline::Embedders> Pipeline::embedders_of(const std::vector<config::Step>& steps) const {
    Embedders out;
    for (const config::Step* step : config::all_steps(steps))
        for (const std::string& name : step->stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            if (kind == StageKind::tokenizer) LECTERN_TRY(once(out.tokenizer, name, kind, *step));
            if (kind == StageKind::embedder) LECTERN_TRY(once(out.embedder, name, kind, *step));
        }
    return out;
}

Status Pipeline::missing(const char* what) const {
    return {Code::invalid_argument, config_.file + ": 'ingest' has no " + what};
}

// That each flow has what it needs, and one of what there can be one of.
Status Pipeline::check_embedders() {
    LECTERN_ASSIGN(const Embedders ingest, embedders_of(config_.ingest));
    by_words_ = ingest.tokenizer.empty() && ingest.embedder.empty();
    if (by_words_) {
        if (config_.search.mode == SearchMode::dense)
            return {Code::invalid_argument,
                    config_.file +
                        ": 'search.mode' is dense, and 'ingest' has no embedder whose vectors "
                        "could be searched; put a tokenizer and an embedder before 'commit', or "
                        "leave the mode out"};
        config_.search.mode = SearchMode::lexical;
    } else {
        if (ingest.tokenizer.empty()) return missing("tokenizer");
        if (ingest.embedder.empty()) return missing("embedder");
    }
    // One tokenizer and one embedder serve both flows: what is searched is what was stored.
    LECTERN_ASSIGN(const Embedders query, embedders_of(config_.query));
    if (by_words_ && (!query.tokenizer.empty() || !query.embedder.empty()))
        return {Code::invalid_argument,
                config_.file + ": 'query' has '" +
                    (query.tokenizer.empty() ? query.embedder : query.tokenizer) +
                    "', and 'ingest' has no tokenizer and no embedder, so there are no vectors to "
                    "compare with; put both into 'ingest' too, or remove them from 'query'"};
    // A query by words alone may have neither; check_flows() sees whether it is.
    const bool by_words =
        query.tokenizer.empty() && query.embedder.empty() && searches_by_words(config_);
    if (!by_words && (query.tokenizer != ingest.tokenizer || query.embedder != ingest.embedder))
        return {Code::invalid_argument, config_.file + ": 'query' must use the tokenizer '" +
                                            ingest.tokenizer + "' and the embedder '" +
                                            ingest.embedder + "' of 'ingest'"};
    return {};
}

Status Pipeline::check_parts() {
    LECTERN_TRY(check_embedders());
    LECTERN_ASSIGN(const bool extracts,
                   has_one_each(config_.ingest, StageKind::extractor, {StageKind::splitter}));
    if (!extracts) return missing("extractor");
    LECTERN_ASSIGN(const bool splits, has_one_each(config_.ingest, StageKind::splitter, {}));
    if (!splits) return missing("splitter");
    return has_one_each(config_.query, StageKind::reader,
                        {StageKind::reader, StageKind::generator, StageKind::verifier})
        .status();
}

Result<bool> Pipeline::has_one_each(const std::vector<config::Step>& steps, StageKind wanted,
                                    std::initializer_list<StageKind> single) const {
    bool found = false;
    std::map<StageKind, std::string> seen;
    for (const config::Step* step : config::all_steps(steps))
        for (const std::string& name : step->stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            found = found || kind == wanted;
            if (std::find(single.begin(), single.end(), kind) != single.end())
                LECTERN_TRY(once(seen[kind], name, kind, *step));
        }
    return found;
}

Status Pipeline::open_embedding() {
    if (by_words_) {
        embedding_ = Embedding::none();
        embedding_key_ = "none";
        return {};
    }
    LECTERN_ASSIGN(const Embedders names, embedders_of(config_.ingest));
    LECTERN_ASSIGN(auto named, models_->embedding(config_, *config_.find(names.tokenizer),
                                                  *config_.find(names.embedder)));
    embedding_ = std::move(named.embedding);
    embedding_key_ = std::move(named.key);
    return {};
}

Status Pipeline::build_ingest() {
    for (const config::Step& step : config_.ingest) {
        for (const std::string& name : step.stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            LECTERN_TRY(make(name));
            const host::Stage* stage = find(name);
            switch (kind) {
                case StageKind::extractor: extractors_.push_back(stage); break;
                case StageKind::custom: ingest_customs_.push_back(stage); break;
                case StageKind::splitter: splitter_ = stage; break;
                default: break;
            }
        }
    }
    return {};
}

Status Pipeline::add_branches(const config::Step& step) {
    for (const std::vector<config::Step>& steps : step.branches) {
        Branch& branch = branches_.emplace_back();
        for (const config::Step& inner : steps) {
            if (inner.kind == config::StepKind::search) branch.search = inner.search;
            for (const std::string& name : inner.stages) {
                LECTERN_ASSIGN(const StageKind kind, kind_of(name));
                if (kind != StageKind::custom) continue;
                LECTERN_TRY(make(name));
                branch.customs.push_back(find(name));
            }
        }
    }
    return {};
}

Status Pipeline::build_query() {
    bool searched = false;
    for (const config::Step& step : config_.query) {
        LECTERN_TRY(add_branches(step));
        if (step.kind == config::StepKind::fuse) fuse_ = step.fuse;
        searched = searched || step.kind == config::StepKind::search ||
                   step.kind == config::StepKind::branches;
        verifies_ = verifies_ || step.kind == config::StepKind::verify;
        for (const std::string& name : step.stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            switch (kind) {
                case StageKind::reranker:
                    has_reranker_ = true;
                    hit_steps_.push_back({.reranks = true});
                    break;
                case StageKind::reader: has_reader_ = true; break;
                case StageKind::generator: generator_name_ = name; break;
                case StageKind::verifier: verifier_name_ = name; break;
                case StageKind::custom:
                    LECTERN_TRY(make(name));
                    if (!searched)
                        query_customs_.push_back(find(name));
                    else if (!has_reader_)
                        hit_steps_.push_back({.stage = find(name)});
                    else
                        evidence_customs_.push_back(find(name));
                    break;
                default: break;
            }
        }
    }
    return {};
}

// A model's word on sentences is a part of the verification.
Status Pipeline::check_verifier() const {
    for (const config::Step& step : config_.query) {
        for (const std::string& name : step.stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            if (kind == StageKind::verifier &&
                config_.query.back().kind != config::StepKind::verify)
                return at(config_.find(name)->place,
                          {Code::invalid_argument,
                           "'" + name +
                               "' tells the step 'verify' what follows from the evidence, and "
                               "'query' has no such step; end it with 'verify', or remove '" +
                               name + "'"});
        }
    }
    return {};
}

struct Pipeline::StepEnd {
    std::string name;
    Port port;
    host::Chunks chunks = host::Chunks::are_chunks;  // what it makes of them
};

// What a step takes and gives.
struct Pipeline::StepEnds {
    std::vector<StepEnd> takes;
    std::vector<StepEnd> gives;

    void add(const std::string& name, std::uint32_t in, std::uint32_t out) {
        if (in != 0) takes.push_back({name, Port{in, 0, {}}});
        if (out != 0) gives.push_back({name, Port{out, 0, {}}});
    }
};

Result<Pipeline::StepEnds> Pipeline::ends_of(const config::Step& step,
                                             const std::vector<StepEnd>& given) const {
    StepEnds ends;
    const Port vectors = embedding_ && embedding_->embeds() ? embedding_->embedder().output()
                                                            : Port{LECTERN_PORT_VECTORS, 0, {}};
    const std::uint32_t before = given.empty() ? 0 : given.front().port.type;
    switch (step.kind) {
        case config::StepKind::branches: break;  // check_steps() goes into them
        case config::StepKind::source: ends.add("source", 0, LECTERN_PORT_SOURCE); break;
        case config::StepKind::query: ends.add("query", 0, LECTERN_PORT_TEXT); break;
        case config::StepKind::commit:
            if (by_words_)
                ends.add("commit", LECTERN_PORT_CHUNKS, 0);
            else
                ends.takes.push_back({"commit", vectors});
            break;
        case config::StepKind::search:
            // By words alone it needs no vectors.
            if (before == LECTERN_PORT_TEXT && mode_of(step, config_) == SearchMode::lexical)
                ends.add("search", LECTERN_PORT_TEXT, 0);
            else
                ends.takes.push_back({"search", vectors});
            ends.add("search", 0, LECTERN_PORT_HITS);
            break;
        case config::StepKind::fuse: ends.add("fuse", LECTERN_PORT_HITS, LECTERN_PORT_HITS); break;
        case config::StepKind::quote:
            ends.add("quote", LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER);
            break;
        case config::StepKind::verify:
            // Behind evidence: of quotes (describe.cpp shows the step).
            ends.add("verify",
                     before == LECTERN_PORT_EVIDENCE ? LECTERN_PORT_EVIDENCE : LECTERN_PORT_ANSWER,
                     LECTERN_PORT_ANSWER);
            break;
        case config::StepKind::stage:
        case config::StepKind::choice:
            for (const std::string& name : step.stages) {
                LECTERN_ASSIGN(const StageKind kind, kind_of(name));
                if (kind == StageKind::custom && before != 0) {
                    LECTERN_ASSIGN(const std::uint32_t port,
                                   custom_port(*config_.find(name), before));
                    ends.add(name, port, port);
                    continue;
                }
                const host::Stage* stage = find(name);
                const host::Ports any = host::ports_of(kind);
                ends.takes.push_back({name, stage == nullptr ? any.input : stage->input(),
                                      kind == StageKind::tokenizer ? host::Chunks::are_texts
                                                                   : host::Chunks::are_chunks});
                ends.gives.push_back({name, stage == nullptr ? any.output : stage->output()});
            }
            break;
    }
    return ends;
}

// Branches have no branches.
// NOLINTNEXTLINE(misc-no-recursion)
Status Pipeline::check_steps(const std::vector<config::Step>& steps,
                             std::vector<StepEnd>& given) const {
    for (const config::Step& step : steps) {
        if (step.kind == config::StepKind::branches) {
            std::vector<StepEnd> found;
            for (const std::vector<config::Step>& branch : step.branches) {
                std::vector<StepEnd> ends = given;
                LECTERN_TRY(check_steps(branch, ends));
                found.insert(found.end(), ends.begin(), ends.end());
            }
            given = std::move(found);
            continue;
        }
        LECTERN_ASSIGN(StepEnds ends, ends_of(step, given));
        for (const StepEnd& from : given)
            for (const StepEnd& to : ends.takes)
                if (Status fit =
                        host::check_ports(from.name, from.port, to.name, to.port, to.chunks);
                    !fit)
                    return at(step.place, fit);
        given = std::move(ends.gives);
    }
    return {};
}

Status Pipeline::check_flows() const {
    for (const auto* steps : {&config_.ingest, &config_.query}) {
        std::vector<StepEnd> given;
        LECTERN_TRY(check_steps(*steps, given));
    }
    return {};
}

// They are made in the order of their steps.
void Pipeline::set_reranker(const host::Stage* stage) {
    for (HitStep& step : hit_steps_) {
        if (!step.reranks || step.stage != nullptr) continue;
        step.stage = stage;
        return;
    }
}

Status Pipeline::prepare_answers(Answers answers) {
    const std::lock_guard lock(answers_mutex_);
    if (answers_ready_ == Answers::written || answers_ready_ == answers) return {};
    for (const config::Step& step : config_.query) {
        for (const std::string& name : step.stages) {
            const bool writes = name == generator_name_ || name == verifier_name_;
            if (answers == Answers::quoted && writes) continue;
            if (find(name) != nullptr) continue;  // other threads use it already
            LECTERN_TRY(make(name));
            const host::Stage* stage = find(name);
            switch (stage->kind()) {
                case StageKind::reranker:
                    if (reranker_ == nullptr) reranker_ = stage;
                    set_reranker(stage);
                    break;
                case StageKind::reader: reader_ = stage; break;
                case StageKind::generator: generator_ = stage; break;
                case StageKind::verifier: verifier_ = stage; break;
                default: break;
            }
        }
    }
    LECTERN_TRY(check_flows());
    answers_ready_ = answers;
    return {};
}

Status Pipeline::needs_vectors(std::string_view what) const {
    if (embeds()) return {};
    return {Code::unsupported,
            std::string(what) + " needs vectors, and the pipeline '" + config_.name +
                "' has no embedder: its documents are found by their words alone; 'lectern "
                "reembed' to a pipeline with an embedder, such as 'search-only', makes them"};
}

Status Pipeline::process(const host::Stage& stage, const host::Interrupt& interrupt,
                         const host::Record& record, const host::RecordTaker& taker) const {
    const config::StageConfig* stage_config = config_.find(stage.name());
    if (stage_config == nullptr || stage_config->prompt.empty())
        return host::process(stage, interrupt, record, taker);
    return process_by_prompt(stage, stage_config->prompt, interrupt, record, taker);
}

Result<const host::Stage*> Pipeline::translator(std::string_view language) {
    const auto& languages = config_.answer.languages;
    const auto found = languages.find(language);
    if (found == languages.end()) {
        std::string known;
        for (const auto& [name, stage] : languages) known += (known.empty() ? "" : ", ") + name;
        return Status{Code::invalid_argument,
                      "the pipeline '" + config_.name + "' translates no answers into '" +
                          std::string(language) + "'" +
                          (known.empty() ? "; name the stage that does in the pipeline file, as in "
                                           "'answer: {languages: {pt: to_portuguese}}'"
                                         : "; it knows: " + known)};
    }
    const std::lock_guard lock(answers_mutex_);
    LECTERN_TRY(make(found->second));
    return find(found->second);
}

}  // namespace lectern
