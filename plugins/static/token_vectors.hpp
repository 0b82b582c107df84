// static/token_vectors.hpp: a vector for each token of a tokenizer's vocabulary, and its file.
//
// The file is one safetensors file with the tensor "embeddings" of one row a token, as Model2Vec
// writes it, so that its models are read too. Ours say in the metadata which tokens they are of
// ("tokens": the tokenizer's fingerprint) and what they were distilled from ("source").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern::static_vectors {

struct TokenVectors {
    std::uint32_t dimension = 0;
    std::vector<float> values;  // tokens x dimension, row by row
    std::string tokens;         // fingerprint of the tokenizer; "": not said
    std::string source;         // of the encoder's vectors; "": not said

    [[nodiscard]] std::size_t size() const noexcept {
        return dimension == 0 ? 0 : values.size() / dimension;
    }
    [[nodiscard]] std::span<const float> row(std::size_t token) const noexcept {
        return {values.data() + token * dimension, dimension};
    }
    [[nodiscard]] std::span<float> row(std::size_t token) noexcept {
        return {values.data() + token * dimension, dimension};
    }
};

// A file, or a folder with a model.safetensors. F32 and F16. Throws Failure.
[[nodiscard]] TokenVectors read_token_vectors(const std::string& path);
// The file that read_token_vectors reads.
[[nodiscard]] std::string file_of(const std::string& path);
// Under a temporary name first. Throws Failure.
void write_token_vectors(const TokenVectors& vectors, const std::string& path);

// The sum of the tokens' rows, scaled to length 1; ids beyond the rows count for nothing. False,
// and out as it was: there is no direction.
[[nodiscard]] bool add_up(const TokenVectors& vectors, std::span<const std::int32_t> ids,
                          std::span<float> out);

// IEEE 754 binary16.
[[nodiscard]] float from_half(std::uint16_t bits) noexcept;

}  // namespace lectern::static_vectors
