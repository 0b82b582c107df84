// bert/kernels.hpp: what an encoder computes, for a few rows of float32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bert_config.hpp"

namespace lectern::bert {

// Rows of floats, `stride` floats apart.
struct RowsIn {
    const float* data = nullptr;
    std::size_t rows = 0;
    std::size_t stride = 0;
};
struct RowsOut {
    float* data = nullptr;
    std::size_t stride = 0;
};

// Weights [outputs, inputs] as halves, arranged for multiply(): panels of 16 outputs, in each one
// input after the other. Few rows wait for the weights to come from memory, of which halves need
// half as much; they are made floats on the way, so that sums are those of float32.
class PackedWeights {
 public:
    // Outputs of a panel.
    static constexpr std::size_t panel = 16;

    PackedWeights() = default;
    // All zeros, to be filled with pack().
    PackedWeights(std::size_t inputs, std::size_t outputs);

    [[nodiscard]] std::size_t inputs() const noexcept { return inputs_; }
    [[nodiscard]] std::size_t outputs() const noexcept { return outputs_; }
    [[nodiscard]] std::size_t panels() const noexcept { return (outputs_ + panel - 1) / panel; }

    // Panel `number`, of all the weights' rows. Panels may be packed side by side. False where a
    // weight is too large for a half, or no number.
    [[nodiscard]] bool pack(std::size_t number, const float* weights) noexcept;

    // out[r][o] = x[r] · weights[o] + bias[o] for the outputs of the panels [first, last).
    void multiply(const RowsIn& x, const float* bias, std::size_t first, std::size_t last,
                  const RowsOut& out) const noexcept;

 private:
    std::size_t inputs_ = 0;
    std::size_t outputs_ = 0;
    std::vector<std::uint16_t> halves_;
};

// out[k] = x · rows[k], of `count` floats each.
void dots(const float* x, const RowsIn& rows, std::size_t count, float* out) noexcept;
void activate(Activation activation, float* x, std::size_t count) noexcept;
// x = e^(factor x) / their sum
void softmax(float factor, float* x, std::size_t count) noexcept;
// out = the sum of factors[k] * rows[k], of `count` floats each.
void weighted_sum(const float* factors, const RowsIn& rows, std::size_t count, float* out) noexcept;
void add_scaled(float factor, const float* x, float* out, std::size_t count) noexcept;
// x = scale * (x - mean) / deviation + bias
void normalise(float* x, const float* scale, const float* bias, float epsilon,
               std::size_t count) noexcept;

}  // namespace lectern::bert
