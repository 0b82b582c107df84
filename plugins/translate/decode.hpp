// translate/decode.hpp: from what was encoded to the likeliest translation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/translate/network.hpp"

namespace lectern::translate {

struct DecodeOptions {
    std::uint32_t beam = 1;  // translations of one sentence that are written at once; 1: greedy
    // A translation's score is its probability's logarithm over its length to this power.
    float normalise = 1;
    float length_factor = 2.5F;  // most tokens, by those of the sentence
    std::uint32_t end = 0;       // the end of a sentence
    std::uint32_t unknown = 1;   // never written
};

// The tokens of each sentence's translation, without the end. words[i]: ascending, what the
// translation of sentence i may be made of; it has the end. All that `sentences` holds is as
// Network::encode wants it.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> decode(
    const Network& network, std::span<const std::vector<std::uint32_t>> sentences,
    std::span<const std::vector<std::uint32_t>> words, const DecodeOptions& options,
    const Check& check);

}  // namespace lectern::translate
