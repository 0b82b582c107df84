// lectern/plugin/tokenizer.hpp: makes tokens of texts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lectern/plugin/stage.hpp"
#include "lectern/plugin/tokenizer.h"

namespace lectern::plugin {

// Fill the vectors that the tokenizer has, each with an item a token; `words` may view into the
// text or into storage of the tokenizer.
struct Tokens {
    std::vector<std::int32_t> ids;
    std::vector<lectern_range> ranges;
    std::vector<lectern_text> words;
    // Fails when they do not agree.
    [[nodiscard]] std::size_t size() const {
        const std::size_t out = std::max({ids.size(), ranges.size(), words.size()});
        for (const std::size_t one : {ids.size(), ranges.size(), words.size()})
            if (one != 0 && one != out)
                throw Failure(LECTERN_INTERNAL, "ids, ranges and words differ in their number");
        return out;
    }
    void clear() {
        ids.clear();
        ranges.clear();
        words.clear();
    }
};

class TokenSink {
 public:
    explicit TokenSink(const lectern_token_sink* sink) noexcept : sink_(sink) {}
    void tokens(std::uint64_t index, const Tokens& value) const {
        lectern_tokens out{};
        out.struct_size = sizeof out;
        out.count = value.size();
        out.ids = value.ids.empty() ? nullptr : value.ids.data();
        out.ranges = value.ranges.empty() ? nullptr : value.ranges.data();
        out.words = value.words.empty() ? nullptr : value.words.data();
        require(sink_->tokens(sink_, index, &out), "stopped by the host");
    }

 private:
    const lectern_token_sink* sink_;
};

class Tokenizer : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TOKENS, 0, fingerprint()}; }
    // Equal for two tokenizers that give equal tokens.
    [[nodiscard]] virtual std::string fingerprint() const = 0;
    // max_tokens: 0 for no limit; otherwise special tokens are counted too.
    virtual void tokenize(const Call& call, const lectern_text* texts, std::uint64_t count,
                          bool add_special, std::uint32_t max_tokens,
                          const TokenSink& sink) const = 0;
};

namespace detail {

inline const lectern_tokenizer tokenizer_table{
    sizeof(lectern_tokenizer), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text* texts,
       std::uint64_t count, std::uint32_t flags, std::uint32_t max_tokens,
       const lectern_token_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Tokenizer>(stage).tokenize(Call(call), texts, count,
                                              (flags & LECTERN_ADD_SPECIAL) != 0, max_tokens,
                                              TokenSink(sink));
        });
    }};

template <>
struct KindOf<Tokenizer> {
    static constexpr std::uint32_t kind = LECTERN_TOKENIZER;
    static constexpr const char* id = LECTERN_TOKENIZER_1;
    static const void* table() noexcept { return &tokenizer_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
