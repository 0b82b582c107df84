// engine/pipeline/pipeline.hpp: the live stages of a pipeline file, with the two flows checked.
//
// open() makes every stage that reads (extractors, splitter, tokenizer, embedder, custom stages),
// or takes one that another pipeline has and that is the same (model_registry.hpp), and checks that
// each step gives what the next one takes. The stages that answer (reranker, reader, generator) are
// made by prepare_answers(), at the first question, since a generator is large. Threads: after
// open, everything is safe from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/pipeline.hpp"
#include "engine/pipeline/embedding.hpp"
#include "engine/pipeline/model_registry.hpp"
#include "engine/plugin_host/calls.hpp"
#include "lectern/status.hpp"

namespace lectern {

namespace index {
class Synonyms;  // index/lexical/synonyms.hpp
}

// What a query does with the hits of its search: a reranker orders them, a custom stage chooses.
struct HitStep {
    bool reranks = false;
    const host::Stage* stage = nullptr;  // of a reranker after prepare_answers()
};

// One of several searches whose hits are fused.
struct Branch {
    config::BranchSearch search = {};
    std::vector<const host::Stage*> customs = {};  // that change the query for this branch alone
};

// How much of the answering is wanted.
enum class Answers { quoted, written };

class Pipeline {
 public:
    [[nodiscard]] static Result<std::unique_ptr<Pipeline>> open(
        config::PipelineConfig config, std::shared_ptr<ModelRegistry> models);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    ~Pipeline() = default;

    [[nodiscard]] const config::PipelineConfig& config() const noexcept { return config_; }
    // False: it has no embedder, and documents are found by their words alone. Then nothing is
    // tokenized or embedded with it, and the embedder's dimension is 0.
    [[nodiscard]] bool embeds() const noexcept { return embedding_->embeds(); }
    // Ok, or why not, for what needs vectors.
    [[nodiscard]] Status needs_vectors(std::string_view what) const;
    [[nodiscard]] const EmbedderInfo& embedder() const noexcept { return embedding_->info(); }
    // For a stage that stands outside of the pipeline and uses its embedder (a trainer). Valid as
    // long as the pipeline.
    [[nodiscard]] const lectern_pipeline* face() const noexcept { return embedding_->face(); }
    // "" where it does not embed.
    [[nodiscard]] std::string_view tokenizer_name() const {
        return embeds() ? std::string_view(embedding_->tokenizer().name()) : std::string_view();
    }
    [[nodiscard]] std::string_view embedder_name() const {
        return embeds() ? std::string_view(embedding_->embedder().name()) : std::string_view();
    }

    // Stages of the ingest flow, in order.
    [[nodiscard]] const std::vector<const host::Stage*>& extractors() const noexcept {
        return extractors_;
    }
    [[nodiscard]] const std::vector<const host::Stage*>& ingest_customs() const noexcept {
        return ingest_customs_;
    }
    [[nodiscard]] const host::Stage& splitter() const noexcept { return *splitter_; }
    // Stages of the query flow, in order: custom ones before the search, which get the query; the
    // branches, when there is not one search alone; what is done with hits; and custom ones behind
    // the reader, which get each piece of evidence.
    [[nodiscard]] const std::vector<const host::Stage*>& query_customs() const noexcept {
        return query_customs_;
    }
    [[nodiscard]] const std::vector<Branch>& branches() const noexcept { return branches_; }
    [[nodiscard]] Fusion fusion_of_branches() const noexcept { return fuse_.fusion; }
    [[nodiscard]] const std::vector<HitStep>& hit_steps() const noexcept { return hit_steps_; }
    [[nodiscard]] const std::vector<const host::Stage*>& evidence_customs() const noexcept {
        return evidence_customs_;
    }
    // Whether what is written is verified: the query has the step.
    [[nodiscard]] bool verifies() const noexcept { return verifies_; }

    // A custom stage of this pipeline, or a generator that stands for one (StageConfig::prompt).
    [[nodiscard]] Status process(const host::Stage& stage, const host::Interrupt& interrupt,
                                 const host::Record& record, const host::RecordTaker& taker) const;
    // The stage that translates answers into a language, made at the first call.
    [[nodiscard]] Result<const host::Stage*> translator(std::string_view language);
    // Words that mean the same (`search: {synonyms: FILE}`); nullptr: none.
    [[nodiscard]] const index::Synonyms* synonyms() const noexcept { return synonyms_.get(); }

    // One of those that are made, by its name in the file; nullptr: none.
    [[nodiscard]] const host::Stage* find(std::string_view stage) const noexcept;

    // Makes the stages that answer; quick after the first time. The generator, which is large, is
    // made for written answers only.
    [[nodiscard]] Status prepare_answers(Answers answers);
    [[nodiscard]] bool can_read() const noexcept { return has_reader_; }
    [[nodiscard]] bool can_write() const noexcept { return !generator_name_.empty(); }
    // After prepare_answers(); nullptr when the pipeline has none.
    [[nodiscard]] const host::Stage* reranker() const noexcept { return reranker_; }
    [[nodiscard]] const host::Stage* reader() const noexcept { return reader_; }
    [[nodiscard]] const host::Stage* generator() const noexcept { return generator_; }
    [[nodiscard]] const host::Stage* verifier() const noexcept { return verifier_; }
    [[nodiscard]] bool has_reranker() const noexcept { return has_reranker_; }

    // As Embedding's.
    [[nodiscard]] Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                                              Purpose purpose,
                                              const host::Interrupt& interrupt) const {
        return embedding_->tokenize(texts, purpose, interrupt);
    }
    [[nodiscard]] Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                                              Purpose purpose, const host::Interrupt& interrupt,
                                              std::vector<host::ItemError>& failed) const {
        return embedding_->tokenize(texts, purpose, interrupt, failed);
    }
    [[nodiscard]] Result<std::vector<std::uint64_t>> count_tokens(
        std::span<const std::string_view> texts, const host::Interrupt& interrupt) const {
        return embedding_->count_tokens(texts, interrupt);
    }
    [[nodiscard]] Status embed(std::span<const lectern_tokens> sequences, Purpose purpose,
                               const host::Interrupt& interrupt, float* out,
                               std::vector<host::ItemError>& failed) const {
        return embedding_->embed(sequences, purpose, interrupt, out, failed);
    }
    [[nodiscard]] Status embed_query(const lectern_tokens& sequence,
                                     const host::Interrupt& interrupt, float* out) const {
        return embedding_->embed_query(sequence, interrupt, out);
    }
    [[nodiscard]] Result<std::vector<float>> embed_texts(std::span<const std::string_view> texts,
                                                         Purpose purpose,
                                                         const host::Interrupt& interrupt,
                                                         EmbedCounters counters = {}) const {
        return embedding_->embed_texts(texts, purpose, interrupt, counters);
    }

 private:
    struct StepEnd;   // what one stage of a step takes or gives
    struct StepEnds;  // of all of them

    // Names of stages.
    struct Embedders {
        std::string tokenizer;
        std::string embedder;
    };

    Pipeline(config::PipelineConfig config, std::shared_ptr<ModelRegistry> models);
    [[nodiscard]] Status check_kinds() const;
    [[nodiscard]] Status load_synonyms();
    [[nodiscard]] Status open_embedding();
    [[nodiscard]] Status build_ingest();
    [[nodiscard]] Status build_query();
    [[nodiscard]] Status make(std::string_view stage);
    [[nodiscard]] Result<host::StageKind> kind_of(std::string_view stage) const;
    [[nodiscard]] Result<Embedders> embedders_of(const std::vector<config::Step>& steps) const;
    [[nodiscard]] Status missing(const char* what) const;
    [[nodiscard]] Status check_parts();
    [[nodiscard]] Status check_embedders();
    // Whether the flow has a stage of a kind; a failure where it has two of a `single` one.
    [[nodiscard]] Result<bool> has_one_each(const std::vector<config::Step>& steps,
                                            host::StageKind wanted,
                                            std::initializer_list<host::StageKind> single) const;
    // Each step against the one before it; of stages that are not made yet by their kinds.
    [[nodiscard]] Status check_flows() const;
    // Behind what gives `given`; what the last of them gives is there at the end.
    [[nodiscard]] Status check_steps(const std::vector<config::Step>& steps,
                                     std::vector<StepEnd>& given) const;
    [[nodiscard]] Result<StepEnds> ends_of(const config::Step& step,
                                           const std::vector<StepEnd>& given) const;
    [[nodiscard]] Status add_branches(const config::Step& step);
    [[nodiscard]] Status check_verifier() const;
    void set_reranker(const host::Stage* stage);

    config::PipelineConfig config_;
    std::shared_ptr<ModelRegistry> models_;
    std::shared_ptr<const Embedding> embedding_;
    std::string embedding_key_;                               // the registry's name for it
    std::vector<std::shared_ptr<const host::Stage>> stages_;  // the others

    std::vector<const host::Stage*> extractors_;
    std::vector<const host::Stage*> ingest_customs_;
    std::vector<const host::Stage*> query_customs_;
    std::vector<const host::Stage*> evidence_customs_;
    std::vector<HitStep> hit_steps_;
    std::vector<Branch> branches_;
    config::FuseConfig fuse_;
    bool verifies_ = false;
    bool by_words_ = false;  // no embedder
    const host::Stage* splitter_ = nullptr;
    std::shared_ptr<const index::Synonyms> synonyms_;

    bool has_reranker_ = false;
    bool has_reader_ = false;
    std::string verifier_name_;
    std::string generator_name_;  // "" when there is none
    std::mutex answers_mutex_;
    std::optional<Answers> answers_ready_;
    const host::Stage* reranker_ = nullptr;
    const host::Stage* reader_ = nullptr;
    const host::Stage* generator_ = nullptr;
    const host::Stage* verifier_ = nullptr;
};

}  // namespace lectern
