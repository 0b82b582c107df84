// bert/bert_config.hpp: the shape of an encoder, from a Hugging Face folder's config.json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern::bert {

enum class Activation { gelu, gelu_tanh, relu };

// How the tensors of one layer are called.
enum class Naming { bert, distilbert };

struct BertConfig {
    Naming naming = Naming::bert;
    Activation activation = Activation::gelu;
    std::uint64_t hidden = 0;
    std::uint64_t layers = 0;
    std::uint64_t heads = 0;  // divides hidden
    std::uint64_t intermediate = 0;
    std::uint64_t vocabulary = 0;
    std::uint64_t positions = 0;       // rows of the position table
    std::uint64_t first_position = 0;  // of the first token: RoBERTa counts from pad_token_id + 1
    std::uint64_t token_types = 0;     // rows of the token type table; 0: there is none
    double layer_norm_epsilon = 1e-12;

    // The longest sequence, special tokens included.
    [[nodiscard]] std::uint64_t max_tokens() const noexcept { return positions - first_position; }
};

// Reads the text of a config.json; `name` is for messages. Throws Failure: LECTERN_UNSUPPORTED for
// an architecture or an option that this encoder does not have, LECTERN_INVALID_ARGUMENT for a
// value that is missing or makes no sense.
[[nodiscard]] BertConfig parse_bert_config(std::string_view text, const std::string& name);

}  // namespace lectern::bert
