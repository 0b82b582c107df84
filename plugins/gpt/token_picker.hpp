// Picks the next token from the model's logits: greedy, or drawn by temperature and top-p; within a
// grammar when there is one.
#pragma once

#include <llama.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/gpt/handles.hpp"

namespace lectern::gpt {

struct PickerOptions {
    float temperature = 0;  // 0: greedy; otherwise applied before top_p
    float top_p = 0;        // 0 or 1: off
    std::uint64_t seed = 0;
    std::string grammar;  // GBNF with a rule `root`, or empty
};

class TokenPicker {
 public:
    // Throws LECTERN_INVALID_ARGUMENT for options out of range and a grammar that does not parse.
    TokenPicker(const llama_vocab* vocab, const PickerOptions& options);

    // `logits` is one row of the vocabulary's size. The grammar moves on by the token.
    [[nodiscard]] llama_token pick(const float* logits);

 private:
    [[nodiscard]] llama_token choose(const float* logits, bool within_grammar);
    [[nodiscard]] bool grammar_allows(llama_token token);

    std::size_t size_;       // of the vocabulary
    SamplerHandle chain_;    // null: greedy
    SamplerHandle grammar_;  // null: none
    std::vector<llama_token_data> candidates_;
};

}  // namespace lectern::gpt
