// engine/pipeline/embedding.hpp: the tokenizer and the embedder of a pipeline as one: texts to
// vectors. It is also what the other stages may ask of the pipeline they stand in.
//
// Pipelines of the same two stages share it (model_registry.hpp), so that the queries of all their
// collections share the embedder's calls. Threads: after open, everything is safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pipeline/counters.hpp"
#include "engine/pipeline/query_batcher.hpp"
#include "engine/pipeline/token_batch.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/plugin_host/stage.hpp"
#include "lectern/status.hpp"

namespace lectern {

enum class Purpose : std::uint32_t { query = LECTERN_QUERY, passage = LECTERN_PASSAGE };

using host::EmbedderInfo;

// Counters of the two stages of an embedding; nullptr: not counted.
struct EmbedCounters {
    StageCounter* tokens = nullptr;
    StageCounter* vectors = nullptr;
};

class Embedding {
 public:
    // Makes a stage that may use these services of a pipeline.
    using MakeStage = std::function<Result<host::Stage>(const lectern_pipeline* services)>;

    [[nodiscard]] static Result<std::unique_ptr<Embedding>> open(const MakeStage& tokenizer,
                                                                 const MakeStage& embedder);
    // Of a pipeline that searches by words alone: it has neither stage, and whoever asks its
    // services is told that they are not there.
    [[nodiscard]] static std::unique_ptr<Embedding> none();
    Embedding(const Embedding&) = delete;
    Embedding& operator=(const Embedding&) = delete;
    ~Embedding() = default;

    [[nodiscard]] bool embeds() const noexcept { return ready_; }
    // Both only where it embeds.
    [[nodiscard]] const host::Stage& tokenizer() const noexcept { return *tokenizer_; }
    [[nodiscard]] const host::Stage& embedder() const noexcept { return *embedder_; }
    // The dimension of none() is 0.
    [[nodiscard]] const EmbedderInfo& info() const noexcept { return info_; }
    // Valid as long as this.
    [[nodiscard]] const lectern_pipeline* face() const noexcept { return &face_; }

    // Tokens of the texts, special tokens included, each cut to what the embedder takes. The
    // purpose's prefix is put before each text. Texts that got none are in `failed`.
    [[nodiscard]] Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                                              Purpose purpose, const host::Interrupt& interrupt,
                                              std::vector<host::ItemError>& failed) const;
    // The same; the first text that fails fails all.
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
    Embedding();
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
    static lectern_code service_vocabulary(const lectern_pipeline* face, std::uint32_t* out);
    static lectern_code service_tokens_fingerprint(const lectern_pipeline* face, const char** out);
    static lectern_code service_tokenize(const lectern_pipeline* face, const lectern_call* call,
                                         const lectern_text* texts, std::uint64_t count,
                                         std::uint32_t flags, std::uint32_t max_tokens,
                                         const lectern_token_sink* sink);
    static lectern_code service_embed_tokens(const lectern_pipeline* face, const lectern_call* call,
                                             const lectern_tokens* sequences, std::uint64_t count,
                                             std::uint32_t purpose, float* out);

    lectern_pipeline face_{};
    std::unique_ptr<const host::Stage>
        tokenizer_;  // these end before the face that they were given
    std::unique_ptr<const host::Stage> embedder_;
    EmbedderInfo info_;
    std::unique_ptr<QueryBatcher> queries_;
    bool ready_ = false;
};

}  // namespace lectern
