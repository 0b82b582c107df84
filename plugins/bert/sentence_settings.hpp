// bert/sentence_settings.hpp: what the files of the sentence-transformers library beside a model
// say about its use, in the forms of its versions 2 to 6.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dense.hpp"
#include "pooling.hpp"

namespace lectern::bert {

struct NormaliseStep {};
// Behind the pooling.
using SentenceStep = std::variant<NormaliseStep, DenseLayer>;

// Where a length comes from.
enum class LengthSource { none, sentence_config, tokenizer_config };

struct StatedLength {
    std::uint64_t tokens = 0;  // special tokens included
    LengthSource source = LengthSource::none;
};

// Nothing where the files say nothing.
struct SentenceSettings {
    Poolings pooling;
    std::string pooling_problem;  // not "": the files ask for a pooling that is not computed here
    std::optional<std::uint64_t> pooled_dimension;  // of one token's vector
    bool include_prompt = true;                     // false: the prefix's tokens are not pooled
    std::vector<SentenceStep> steps;
    StatedLength max_tokens;
    std::optional<std::string> query_prefix;
    std::optional<std::string> passage_prefix;
    std::optional<std::uint64_t> first_dimensions;  // the rest of a vector is cut off
    bool lowercase = false;                         // before the tokenizer
};

// `root` has modules.json, or else folders named as "1_Pooling"; `encoder` has the weights. A
// folder without any of the files has no settings. Throws Failure when a file is broken, or asks
// for what this plugin does not compute and no option decides.
[[nodiscard]] SentenceSettings read_sentence_settings(const std::filesystem::path& root,
                                                      const std::filesystem::path& encoder);

// The folder of the encoder: `root`, or the one that modules.json names. Throws Failure.
[[nodiscard]] std::filesystem::path encoder_folder(const std::filesystem::path& root);

// From sentence_bert_config.json, or else tokenizer_config.json, of the encoder's folder. Throws
// Failure.
[[nodiscard]] StatedLength stated_length(const std::filesystem::path& encoder);

}  // namespace lectern::bert
