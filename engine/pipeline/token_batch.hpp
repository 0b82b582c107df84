// engine/pipeline/token_batch.hpp: token sequences copied out of a tokenizer, ready for an
// embedder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "lectern/plugin.h"

namespace lectern {

class TokenBatch {
 public:
    explicit TokenBatch(std::size_t count) : sequences_(count) {}

    // Copies. Called once an index.
    void set(std::size_t index, const lectern_tokens& tokens) {
        Sequence& to = sequences_[index];
        if (tokens.ids != nullptr) to.ids.assign(tokens.ids, tokens.ids + tokens.count);
        if (tokens.ranges != nullptr) to.ranges.assign(tokens.ranges, tokens.ranges + tokens.count);
        if (tokens.words != nullptr) {
            std::size_t bytes = 0;
            for (std::uint64_t i = 0; i < tokens.count; ++i) bytes += tokens.words[i].size;
            to.characters.reserve(bytes);  // so that the views below stay valid
            to.words.reserve(tokens.count);
            for (std::uint64_t i = 0; i < tokens.count; ++i) {
                const lectern_text& word = tokens.words[i];
                const std::size_t begin = to.characters.size();
                if (word.size > 0) to.characters.append(word.data, word.size);
                to.words.push_back({to.characters.data() + begin, word.size});
            }
        }
        to.count = tokens.count;
    }

    [[nodiscard]] std::size_t size() const noexcept { return sequences_.size(); }
    [[nodiscard]] std::uint64_t count(std::size_t index) const noexcept {
        return sequences_[index].count;
    }

    // Views into this batch.
    [[nodiscard]] lectern_tokens view(std::size_t index) const noexcept {
        const Sequence& from = sequences_[index];
        return {sizeof(lectern_tokens),
                0,
                from.count,
                from.ids.empty() ? nullptr : from.ids.data(),
                from.ranges.empty() ? nullptr : from.ranges.data(),
                from.words.empty() ? nullptr : from.words.data()};
    }

 private:
    struct Sequence {
        std::uint64_t count = 0;
        std::vector<std::int32_t> ids;
        std::vector<lectern_range> ranges;
        std::string characters;  // heap-allocated by reserve, or short: see words
        std::vector<lectern_text> words;
    };
    // Sequences are never moved after set(): a short string would take its characters along.
    std::vector<Sequence> sequences_;
};

}  // namespace lectern
