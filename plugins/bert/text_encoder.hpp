// bert/text_encoder.hpp: token sequences of any mix of lengths to vectors, in batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"
#include "runner.hpp"

namespace lectern::bert {

// Sequences of similar length that are computed together.
struct Batch {
    std::vector<std::size_t> items;  // indices into the lengths
    std::size_t longest = 0;         // tokens
};

// Longest first, each with at most `limit` tokens of items x longest, or one item. Items of length
// 0 are left out.
[[nodiscard]] std::vector<Batch> batches_of(std::span<const std::size_t> lengths,
                                            std::size_t limit);

// The limit for `batches_of` with which small calls too use all streams, with no rest of one
// sequence when the streams do not divide their number; `most` at most.
[[nodiscard]] std::size_t share_of(std::span<const std::size_t> lengths, std::size_t streams,
                                   std::size_t most);

struct EncoderLimits {
    std::uint32_t dimension = 0;
    std::uint64_t vocabulary = 0;  // ids are below; 0: not checked
    std::uint32_t max_tokens = 0;  // of one sequence
    std::uint32_t batch_tokens = 0;
};

using ItemError = std::function<void(std::size_t item, lectern_code code, const std::string&)>;

// Writes the vector of sequences[i] to out[i * dimension]. A sequence that is empty, longer than
// max_tokens or has an id outside the vocabulary goes to `item_error`, and its vector is zeros.
// `check` is called between batches and may throw. Safe from any thread.
void encode_texts(Runner& runner, const EncoderLimits& limits, Turn turn,
                  std::span<const std::span<const std::int32_t>> sequences, float* out,
                  const ItemError& item_error, const std::function<void()>& check);

}  // namespace lectern::bert
