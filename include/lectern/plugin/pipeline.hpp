// lectern/plugin/pipeline.hpp: the pipeline that a stage stands in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin/base.hpp"
#include "lectern/plugin/pipeline.h"
#include "lectern/plugin/tokenizer.h"

namespace lectern::plugin {

// The pipeline a stage stands in. Not usable during create.
class Pipeline {
 public:
    Pipeline() = default;
    explicit Pipeline(const lectern_pipeline* pipeline) noexcept : pipeline_(pipeline) {}

    [[nodiscard]] std::uint32_t max_tokens() const {
        std::uint32_t out = 0;
        require(pipeline_->max_tokens(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }
    // Byte offsets just behind each token of the embedder's tokenizer, without special tokens.
    [[nodiscard]] std::vector<std::uint64_t> token_ends(std::string_view value) const {
        std::vector<std::uint64_t> ends(value.size() + 1);
        std::uint64_t count = 0;
        require(pipeline_->count_tokens(pipeline_, text(value), ends.data(), ends.size(), &count),
                "the pipeline has no tokenizer");
        ends.resize(static_cast<std::size_t>(count));
        return ends;
    }
    [[nodiscard]] std::uint32_t dimension() const {
        std::uint32_t out = 0;
        require(pipeline_->dimension(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }
    // count x dimension() floats, each vector of length 1.
    [[nodiscard]] std::vector<float> embed(const Call& call,
                                           const std::vector<std::string_view>& texts,
                                           std::uint32_t purpose) const {
        std::vector<lectern_text> spans;
        spans.reserve(texts.size());
        for (auto value : texts) spans.push_back(text(value));
        std::vector<float> out(texts.size() * dimension());
        require(pipeline_->embed(pipeline_, call.get(), spans.data(), spans.size(), purpose,
                                 out.data()),
                "embedding failed");
        return out;
    }
    // The name of embed()'s vector space.
    [[nodiscard]] std::string fingerprint() const {
        if (!LECTERN_HAS(pipeline_, fingerprint))
            throw Failure(LECTERN_UNSUPPORTED, "this engine does not name its vectors");
        const char* out = nullptr;
        require(pipeline_->fingerprint(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }

    // The embedder as it reads tokens. Ids below this are words to it.
    [[nodiscard]] std::uint32_t vocabulary() const {
        require_tokens();
        std::uint32_t out = 0;
        require(pipeline_->vocabulary(pipeline_, &out), "the embedder reads no ids of tokens");
        return out;
    }
    // Equal for tokenizers that give equal tokens.
    [[nodiscard]] std::string tokens_fingerprint() const {
        require_tokens();
        const char* out = nullptr;
        require(pipeline_->tokens_fingerprint(pipeline_, &out), "the pipeline has no tokenizer");
        return out;
    }
    // Ids of each text's tokens. max_tokens: 0 for no limit.
    [[nodiscard]] std::vector<std::vector<std::int32_t>> token_ids(
        const Call& call, const std::vector<std::string_view>& texts, bool add_special,
        std::uint32_t max_tokens) const;
    // A row of dimension() floats for each sequence of ids.
    [[nodiscard]] std::vector<float> embed_ids(
        const Call& call, const std::vector<std::vector<std::int32_t>>& sequences,
        std::uint32_t purpose) const;

 private:
    void require_tokens() const {
        if (!LECTERN_HAS(pipeline_, embed_tokens))
            throw Failure(LECTERN_UNSUPPORTED, "this engine does not show its embedder's tokens");
    }
    const lectern_pipeline* pipeline_ = nullptr;
};

inline std::vector<std::vector<std::int32_t>> Pipeline::token_ids(
    const Call& call, const std::vector<std::string_view>& texts, bool add_special,
    std::uint32_t max_tokens) const {
    require_tokens();
    std::vector<lectern_text> spans;
    spans.reserve(texts.size());
    for (auto value : texts) spans.push_back(text(value));
    std::vector<std::vector<std::int32_t>> out(texts.size());
    lectern_token_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &out;
    sink.tokens = [](const lectern_token_sink* self, std::uint64_t index,
                     const lectern_tokens* tokens) -> lectern_code {
        auto& all = *static_cast<std::vector<std::vector<std::int32_t>>*>(self->host_data);
        if (index >= all.size() || (tokens->count > 0 && tokens->ids == nullptr))
            return LECTERN_INVALID_ARGUMENT;
        all[index].assign(tokens->ids, tokens->ids + tokens->count);
        return LECTERN_OK;
    };
    require(pipeline_->tokenize(pipeline_, call.get(), spans.data(), spans.size(),
                                add_special ? LECTERN_ADD_SPECIAL : 0, max_tokens, &sink),
            "tokenizing failed");
    return out;
}

inline std::vector<float> Pipeline::embed_ids(
    const Call& call, const std::vector<std::vector<std::int32_t>>& sequences,
    std::uint32_t purpose) const {
    require_tokens();
    std::vector<lectern_tokens> views(sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        views[i].struct_size = sizeof(lectern_tokens);
        views[i].count = sequences[i].size();
        views[i].ids = sequences[i].data();
    }
    std::vector<float> out(sequences.size() * dimension());
    require(pipeline_->embed_tokens(pipeline_, call.get(), views.data(), views.size(), purpose,
                                    out.data()),
            "embedding failed");
    return out;
}

}  // namespace lectern::plugin
