// Calls of tokenizers and embedders.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/plugin_host/abi_sizes.hpp"
#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/plugin_host/enter.hpp"

namespace lectern::host {
namespace {

constexpr std::size_t max_info_bytes = 64 * 1024;
// No rule of Unicode makes more of a byte; with room for the special tokens of short texts.
constexpr std::uint64_t most_tokens_of_a_byte = 32;
constexpr std::uint64_t most_special_tokens = 256;
constexpr std::uint64_t most_word_bytes_of_a_byte = 64;
// What low precision leaves of the length 1.
constexpr double length_tolerance = 0.02;

// As it is: prefixes are put before texts.
std::string copied(const char* value) {
    return value == nullptr ? std::string{} : std::string(value, ::strnlen(value, max_info_bytes));
}

// Of one text, as a tokenizer gives them.
Status check_tokens(const lectern_text& text, const lectern_tokens* tokens) {
    if (tokens == nullptr || !LECTERN_HAS(tokens, words))
        return broken("gave tokens without their whole struct");
    if (tokens->count == 0) return {};
    if (tokens->count > text.size * most_tokens_of_a_byte + most_special_tokens)
        return broken("gave " + std::to_string(tokens->count) + " tokens of a text of " +
                      std::to_string(text.size) + " bytes");
    if (tokens->ids == nullptr && tokens->words == nullptr)
        return broken("gave tokens with neither ids nor words");
    const std::uint64_t most_bytes =
        text.size * most_word_bytes_of_a_byte + most_special_tokens * 64;
    std::uint64_t bytes = 0;
    for (std::uint64_t i = 0; i < tokens->count; ++i) {
        if (tokens->words != nullptr) {
            const lectern_text& word = tokens->words[i];
            if ((word.size > 0 && word.data == nullptr) || word.size > most_bytes - bytes)
                return broken("gave words that are many times the text");
            bytes += word.size;
        }
        if (tokens->ranges != nullptr) {
            const lectern_range& range = tokens->ranges[i];
            if (range.begin > range.end || range.end > text.size)
                return broken("gave a token's range that is not in the text");
        }
    }
    return {};
}

struct TokenSink {
    std::span<const lectern_text> texts;
    const TokenTaker& taker;
    CallContext& call;
    std::vector<char> seen;

    Status take(std::uint64_t index, const lectern_tokens* tokens) {
        if (index >= texts.size())
            return broken("gave tokens of text " + std::to_string(index) + " of " +
                          std::to_string(texts.size()));
        if (std::exchange(seen[index], 1) != 0)
            return broken("gave the tokens of text " + std::to_string(index) + " twice");
        LECTERN_TRY(check_tokens(texts[index], tokens));
        taker(static_cast<std::size_t>(index), *tokens);
        return {};
    }
};

// "": the vector is sound.
std::string unsound(std::span<const float> vector, bool any_length) {
    double square = 0;
    for (const float value : vector) {
        if (!std::isfinite(value)) return "holds a value that is no number";
        square += static_cast<double>(value) * value;
    }
    const double length = std::sqrt(square);
    if (length == 0) return "is zeros";
    if (!any_length && std::abs(length - 1) > length_tolerance)
        return "has the length " + std::to_string(length) + ", where 1 is promised";
    // Its square, and products with others like it, must be finite in single precision.
    if (length > 1e15 || length < 1e-15) return "has an absurd length";
    return {};
}

}  // namespace

Status tokenize(const Stage& tokenizer, const Interrupt& interrupt,
                std::span<const lectern_text> texts, std::uint32_t flags, std::uint32_t max_tokens,
                const TokenTaker& taker, std::vector<ItemError>& failed) {
    CallContext call(interrupt);
    TokenSink to{texts, taker, call, std::vector<char>(texts.size())};
    lectern_token_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &to;
    sink.tokens = [](const lectern_token_sink* face, std::uint64_t index,
                     const lectern_tokens* tokens) {
        auto& self = *static_cast<TokenSink*>(face->host_data);
        return self.call.receive([&] { return self.take(index, tokens); });
    };
    LECTERN_TRY(enter(tokenizer, "tokenize", call, [&] {
        return tokenizer.table<lectern_tokenizer>()->tokenize(
            tokenizer.get(), call.get(), texts.data(), texts.size(), flags, max_tokens, &sink);
    }));
    failed.clear();
    for (ItemError& error : call.take_item_errors()) {
        if (error.index >= texts.size()) continue;
        if (std::exchange(to.seen[error.index], 1) == 2) continue;  // it failed once already
        to.seen[error.index] = 2;
        error.message = tokenizer.describe() + ": " + error.message;
        failed.push_back(std::move(error));
    }
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (to.seen[i] == 0)
            failed.push_back({i, Code::internal,
                              tokenizer.describe() +
                                  " gave no tokens of a text, nor why; report it to the plugin's "
                                  "author"});
    return {};
}

Result<EmbedderInfo> embedder_info(const Stage& embedder) {
    Room<lectern_embedder_info> room(embedder.abi_minor());
    CallContext call;
    LECTERN_TRY(enter(embedder, "info", call, [&] {
        return embedder.table<lectern_embedder>()->info(embedder.get(), room.get());
    }));
    const lectern_embedder_info& info = room.filled();
    if (info.dimension == 0 || info.fingerprint == nullptr || info.fingerprint[0] == 0)
        return Status{Code::internal,
                      embedder.describe() + " gives no dimension or fingerprint of its vectors"};
    const std::uint32_t port = embedder.output().dimension;
    if (port != 0 && port != info.dimension)
        return defect(embedder, "says that its vectors have " + std::to_string(info.dimension) +
                                    " dimensions, and its output " + std::to_string(port));
    return EmbedderInfo{info.dimension,
                        info.max_tokens,
                        std::max(info.batch_tokens, 1U),
                        std::clamp(info.concurrency, 1U, 1024U),
                        info.special_tokens,
                        copied(info.fingerprint),
                        copied(info.query_prefix),
                        copied(info.passage_prefix),
                        copied(info.precision),
                        (info.flags & LECTERN_ANY_LENGTH) != 0,
                        info.vocabulary};
}

Status embed(const Stage& embedder, const EmbedderInfo& info, const Interrupt& interrupt,
             std::span<const lectern_tokens> sequences, std::uint32_t purpose, float* out,
             std::vector<ItemError>& failed) {
    const Packed<lectern_tokens> packed(sequences, embedder.abi_minor());
    CallContext call(interrupt);
    LECTERN_TRY(enter(embedder, "embed", call, [&] {
        return embedder.table<lectern_embedder>()->embed(embedder.get(), call.get(), packed.get(),
                                                         sequences.size(), purpose, out);
    }));
    failed.clear();
    std::vector<char> said(sequences.size());
    for (ItemError& error : call.take_item_errors()) {
        if (error.index >= sequences.size() || std::exchange(said[error.index], 1) != 0) continue;
        error.message = embedder.describe() + ": " + error.message;
        failed.push_back(std::move(error));
    }
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (said[i] != 0) continue;
        const std::string what =
            unsound({out + i * info.dimension, info.dimension}, info.any_length);
        if (!what.empty())
            failed.push_back({i, Code::internal,
                              embedder.describe() + " gave a vector that " + what +
                                  "; report it to the plugin's author"});
    }
    return {};
}

}  // namespace lectern::host
