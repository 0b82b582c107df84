// engine/pipeline/pipeline.hpp: the live stages of a pipeline file, with the two flows checked.
//
// open() makes every stage that reads (extractors, splitter, tokenizer, embedder, custom stages)
// and checks that each step gives what the next one takes. The stages that answer (reranker,
// reader, generator) are made by prepare_answers(), at the first question, since a generator is
// large. Threads: after open, everything is safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/pipeline.hpp"
#include "engine/pipeline/counters.hpp"
#include "engine/pipeline/query_batcher.hpp"
#include "engine/pipeline/token_batch.hpp"
#include "engine/plugin_host/plugin_host.hpp"
#include "lectern/status.hpp"

namespace lectern {

enum class Purpose : std::uint32_t { query = LECTERN_QUERY, passage = LECTERN_PASSAGE };

// What an embedder says of itself, copied.
struct EmbedderInfo {
    std::uint32_t dimension = 0;
    std::uint32_t max_tokens = 0;
    std::uint32_t batch_tokens = 4096;
    std::uint32_t concurrency = 1;
    std::uint32_t special_tokens = 0;
    std::string fingerprint;
    std::string query_prefix;
    std::string passage_prefix;
    std::string precision;
};

// Counters of the two stages of an embedding; nullptr: not counted.
struct EmbedCounters {
    StageCounter* tokens = nullptr;
    StageCounter* vectors = nullptr;
};

// How much of the answering is wanted.
enum class Answers { quoted, written };

class Pipeline {
 public:
    // The host must outlive the pipeline.
    [[nodiscard]] static Result<std::unique_ptr<Pipeline>> open(config::PipelineConfig config,
                                                                host::PluginHost& host);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    ~Pipeline() = default;

    [[nodiscard]] const config::PipelineConfig& config() const noexcept { return config_; }
    [[nodiscard]] const EmbedderInfo& embedder() const noexcept { return info_; }
    // For a stage that stands outside of the pipeline and uses its embedder (a trainer). Valid as
    // long as the pipeline.
    [[nodiscard]] const lectern_pipeline* face() const noexcept { return &face_; }
    [[nodiscard]] std::string_view tokenizer_name() const { return tokenizer_->name(); }
    [[nodiscard]] std::string_view embedder_name() const { return embedder_->name(); }

    // Stages of the ingest flow, in order.
    [[nodiscard]] const std::vector<const host::Stage*>& extractors() const noexcept {
        return extractors_;
    }
    [[nodiscard]] const std::vector<const host::Stage*>& ingest_customs() const noexcept {
        return ingest_customs_;
    }
    [[nodiscard]] const host::Stage& splitter() const noexcept { return *splitter_; }
    // Stages of the query flow.
    [[nodiscard]] const std::vector<const host::Stage*>& query_customs() const noexcept {
        return query_customs_;
    }

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

    // Tokens of the texts, special tokens included, each cut to what the embedder takes. The
    // purpose's prefix is put before each text.
    [[nodiscard]] Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                                              Purpose purpose,
                                              const host::Interrupt& interrupt) const;
    // Of each text without its cut: how many there are, special tokens included.
    [[nodiscard]] Result<std::vector<std::uint64_t>> count_tokens(
        std::span<const std::string_view> texts, const host::Interrupt& interrupt) const;
    // One call of the embedder: out[i x dimension] is vector i. Sequences that fail are in
    // `failed`.
    [[nodiscard]] Status embed(std::span<const lectern_tokens> sequences, Purpose purpose,
                               const host::Interrupt& interrupt, float* out,
                               std::vector<host::ItemError>& failed) const;
    // The vector of one query, to `out` (dimension floats). Queries that are asked for while the
    // embedder works share its next call.
    [[nodiscard]] Status embed_query(const lectern_tokens& sequence,
                                     const host::Interrupt& interrupt, float* out) const;
    // Both, in batches of like length: texts x dimension floats. The first item that fails fails
    // all.
    [[nodiscard]] Result<std::vector<float>> embed_texts(std::span<const std::string_view> texts,
                                                         Purpose purpose,
                                                         const host::Interrupt& interrupt,
                                                         EmbedCounters counters = {}) const;

 private:
    Pipeline(config::PipelineConfig config, host::PluginHost& host);
    [[nodiscard]] Status make(std::string_view stage);
    [[nodiscard]] Status build();
    [[nodiscard]] Status check_flow(const std::vector<config::Step>& steps, bool answers) const;
    [[nodiscard]] const host::Stage* find(std::string_view stage) const noexcept;
    [[nodiscard]] Status read_info();

    // The services of lectern_pipeline.
    static lectern_code service_max_tokens(const lectern_pipeline* face, std::uint32_t* out);
    static lectern_code service_count_tokens(const lectern_pipeline* face, lectern_text text,
                                             std::uint64_t* ends, std::uint64_t capacity,
                                             std::uint64_t* count);
    static lectern_code service_dimension(const lectern_pipeline* face, std::uint32_t* out);
    static lectern_code service_embed(const lectern_pipeline* face, const lectern_call* call,
                                      const lectern_text* texts, std::uint64_t count,
                                      std::uint32_t purpose, float* out);
    static lectern_code service_fingerprint(const lectern_pipeline* face, const char** out);

    config::PipelineConfig config_;
    host::PluginHost& host_;
    lectern_pipeline face_{};
    std::vector<std::unique_ptr<host::Stage>> stages_;

    std::vector<const host::Stage*> extractors_;
    std::vector<const host::Stage*> ingest_customs_;
    std::vector<const host::Stage*> query_customs_;
    const host::Stage* splitter_ = nullptr;
    const host::Stage* tokenizer_ = nullptr;
    const host::Stage* embedder_ = nullptr;
    EmbedderInfo info_;
    std::unique_ptr<QueryBatcher> queries_;
    bool ready_ = false;

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
