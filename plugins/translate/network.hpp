// translate/network.hpp: a Marian model that can be computed: a Transformer encoder, and a decoder
// of simpler recurrent units with attention to what was encoded.
//
// Sentences of a batch stand one behind the other without padding: each is computed as if it were
// alone, and what comes out does not depend on its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/translate/matrix.hpp"
#include "plugins/translate/model_file.hpp"
#include "plugins/translate/settings.hpp"

namespace lectern::translate {

// Asked between steps; throws when the work is no longer wanted.
using Check = std::function<void()>;

// Where each sentence of a batch begins in its rows, and at last where the last one ends.
using Starts = std::vector<std::size_t>;

// What the decoder attends to: of each of its layers the keys and values of all tokens.
struct Memory {
    Starts starts;
    std::vector<Rows> keys;
    std::vector<Rows> values;
};

// A translation that is being written: of which sentence, and its last token (none at the start).
struct Line {
    std::size_t sentence = 0;
    std::optional<std::uint32_t> last;
};

// Of each layer of the decoder, a row a line.
using States = std::vector<Rows>;

class Network {
 public:
    // Throws shared::Failure where an item is missing or has another shape than the others. `name`
    // is for messages. Copies what it needs.
    Network(const std::vector<Item>& items, const Shape& shape, const std::string& name);

    [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
    [[nodiscard]] std::size_t source_words() const noexcept { return source_.rows(); }
    [[nodiscard]] std::size_t target_words() const noexcept { return target_.rows(); }

    // The encoder's output, a row a token. Each sentence ends with the end-of-sentence token; all
    // tokens are below source_words().
    [[nodiscard]] Rows encode(std::span<const std::vector<std::uint32_t>> sentences,
                              const Check& check) const;
    [[nodiscard]] Memory memory(const Rows& encoded, Starts starts) const;
    [[nodiscard]] States start(std::size_t lines) const;
    // One token on: the states after it, and a row a line that logits() takes.
    void step(const Memory& memory, std::span<const Line> lines, std::size_t position,
              States& states, Rows& out) const;
    // Of each of the words, which are below target_words().
    void logits(const float* row, std::span<const std::uint32_t> words, float* out) const;

 private:
    struct Affine {
        Weights weights;
        std::vector<float> bias;  // padded; empty: none
        void apply(const Rows& in, Rows& out, bool rectify = false) const;
    };
    struct Norm {
        std::vector<float> scale;
        std::vector<float> bias;
        void add(Rows& x, const Rows& added) const;
    };
    struct Attention {
        Affine query, key, value, out;
        Norm norm;
    };
    struct Ffn {
        Affine first, second;
        Norm norm;
        void apply(Rows& x) const;
    };
    struct EncoderLayer {
        Attention self;
        Ffn ffn;
    };
    struct DecoderLayer {
        Affine input, gate;
        Norm norm;
        Attention context;
        Ffn ffn;
    };
    class Builder;

    void attend(const float* query, const Rows& keys, const Rows& values, std::size_t begin,
                std::size_t end, std::vector<float>& scores, float* out) const;
    void add_position(std::size_t position, float* row) const;

    Shape shape_;
    Table source_;
    Table target_;
    std::vector<float> output_bias_;
    std::vector<float> rates_;  // of the positions' sines
    std::vector<EncoderLayer> encoder_;
    std::vector<DecoderLayer> decoder_;
};

[[nodiscard]] Starts starts_of(std::span<const std::vector<std::uint32_t>> sentences);

}  // namespace lectern::translate
