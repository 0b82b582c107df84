// An embedder that gets raw text, as a service that embeds texts wants it. What an embedder gets
// are tokens, so a tokenizer stands before it that loses nothing: its tokens are the words with the
// space before them, and put together they are the text.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"

class RawText : public lectern::plugin::Tokenizer {
 public:
    explicit RawText(const lectern::plugin::Config&) {}

    [[nodiscard]] std::string fingerprint() const override { return "raw-text:1"; }

    void tokenize(const lectern::plugin::Call&, const lectern_text* texts, std::uint64_t count,
                  bool /*add_special*/, std::uint32_t max_tokens,
                  const lectern::plugin::TokenSink& sink) const override {
        constexpr std::string_view space = " \t\r\n";
        lectern::plugin::Tokens out;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string_view text = lectern::plugin::view(texts[i]);
            out.clear();
            std::size_t end = 0;
            while (max_tokens == 0 || out.words.size() < max_tokens) {
                const std::size_t begin = text.find_first_not_of(space, end);
                if (begin == std::string_view::npos) break;
                const std::size_t before = end;
                end = std::min(text.find_first_of(space, begin), text.size());
                out.ranges.push_back({begin, end});  // with ranges, splitters can count tokens
                out.words.push_back(lectern::plugin::text(text.substr(before, end - before)));
            }
            sink.tokens(i, out);
        }
    }
};

// Each three letters in a row count in one of 256 places. No model, and better than it looks: words
// that are written alike are near each other.
class Trigrams : public lectern::plugin::Embedder {
 public:
    explicit Trigrams(const lectern::plugin::Config&) {
        info_.dimension = 256;
        info_.fingerprint = "trigrams:1";  // another number when vectors change
        info_.tokens_fingerprint = "raw-text:1";
    }

    [[nodiscard]] const lectern::plugin::EmbedderInfo& info() const override { return info_; }

    void embed(const lectern::plugin::Call& call, const lectern_tokens* sequences,
               std::uint64_t count, std::uint32_t /*purpose*/, float* out) const override {
        for (std::uint64_t i = 0; i < count; ++i) {
            call.check();
            std::string raw;
            for (std::uint64_t j = 0; j < sequences[i].count; ++j)
                raw += lectern::plugin::view(sequences[i].words[j]);
            if (!embed_text(raw, out + i * info_.dimension))
                call.item_error(i, LECTERN_INVALID_ARGUMENT, "the text is empty");
        }
    }

 private:
    // Here a client of a service would send the text. `to` holds zeros or the vector of length 1.
    bool embed_text(const std::string& raw, float* to) const {
        std::fill(to, to + info_.dimension, 0.0F);
        if (raw.empty()) return false;
        std::string text = " ";
        for (const char c : raw) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        text += ' ';
        for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
            std::uint32_t hash = 2166136261U;  // FNV-1a
            for (std::size_t k = at; k < at + 3; ++k)
                hash = (hash ^ static_cast<unsigned char>(text[k])) * 16777619U;
            to[hash % info_.dimension] += 1;
        }
        double square = 0;
        for (std::uint32_t k = 0; k < info_.dimension; ++k)
            square += static_cast<double>(to[k]) * to[k];
        for (std::uint32_t k = 0; k < info_.dimension; ++k)
            to[k] = static_cast<float>(to[k] / std::sqrt(square));
        return true;
    }

    lectern::plugin::EmbedderInfo info_;
};
