// lectern/plugin/embedder.hpp: makes vectors of tokens.
#pragma once

#include <cstdint>
#include <string>

#include "lectern/plugin/embedder.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

struct EmbedderInfo {
    std::uint32_t dimension = 0;
    std::uint32_t max_tokens = 0;
    std::uint32_t batch_tokens = 4096;
    std::string fingerprint;         // of the vector space
    std::string tokens_fingerprint;  // of its tokenizer; "words:" for a family, "" for any
    std::string query_prefix;
    std::string passage_prefix;
    std::string precision = "f32";
    std::uint32_t concurrency = 1;
    std::uint32_t special_tokens = 0;
    bool any_length = false;  // the vectors have lengths of their own
    // Ids of tokens that it reads are below this; 0: it does not say, or reads words.
    std::uint32_t vocabulary = 0;
};

class Embedder : public Stage {
 public:
    [[nodiscard]] Port input() const override {
        return {LECTERN_PORT_TOKENS, 0, info().tokens_fingerprint};
    }
    [[nodiscard]] Port output() const override {
        return {LECTERN_PORT_VECTORS, info().dimension, info().fingerprint};
    }
    [[nodiscard]] virtual const EmbedderInfo& info() const = 0;
    // out: count x dimension floats.
    virtual void embed(const Call& call, const lectern_tokens* sequences, std::uint64_t count,
                       std::uint32_t purpose, float* out) const = 0;
};

namespace detail {

inline const lectern_embedder embedder_table{
    sizeof(lectern_embedder), 0,
    [](const lectern_stage* stage, lectern_embedder_info* out) -> lectern_code {
        return guarded(nullptr, [&] {
            const EmbedderInfo& info = object<Embedder>(stage).info();
            lectern_embedder_info filled{};
            filled.dimension = info.dimension;
            filled.max_tokens = info.max_tokens;
            filled.batch_tokens = info.batch_tokens;
            filled.fingerprint = info.fingerprint.c_str();
            filled.query_prefix = info.query_prefix.c_str();
            filled.passage_prefix = info.passage_prefix.c_str();
            filled.precision = info.precision.c_str();
            filled.concurrency = info.concurrency;
            filled.special_tokens = info.special_tokens;
            filled.flags = info.any_length ? LECTERN_ANY_LENGTH : 0;
            filled.vocabulary = info.vocabulary;
            fill(filled, out);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_tokens* sequences,
       std::uint64_t count, std::uint32_t purpose, float* out) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_tokens> all(sequences, count);
            object<Embedder>(stage).embed(Call(call), all.data(), count, purpose, out);
        });
    }};

template <>
struct KindOf<Embedder> {
    static constexpr std::uint32_t kind = LECTERN_EMBEDDER;
    static constexpr const char* id = LECTERN_EMBEDDER_1;
    static const void* table() noexcept { return &embedder_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
