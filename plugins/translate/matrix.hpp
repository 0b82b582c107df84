// translate/matrix.hpp: matrices of float32 rows, and the products that a translation spends its
// time in. Written for AVX2, which every machine has that Lectern runs on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace lectern::translate {

// Columns that are computed at once; rows are as long as the next multiple of it.
inline constexpr std::size_t panel = 16;
[[nodiscard]] constexpr std::size_t padded(std::size_t columns) noexcept {
    return (columns + panel - 1) / panel * panel;
}

// Rows of float32, each padded with zeros. Grows as it is used; what was there is lost then.
class Rows {
 public:
    Rows() = default;
    Rows(std::size_t rows, std::size_t columns) { resize(rows, columns); }
    void resize(std::size_t rows, std::size_t columns) {
        rows_ = rows;
        columns_ = columns;
        stride_ = padded(columns);
        values_.assign(rows_ * stride_, 0.0F);
    }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] float* row(std::size_t index) noexcept {
        return values_.data() + index * stride_;
    }
    [[nodiscard]] const float* row(std::size_t index) const noexcept {
        return values_.data() + index * stride_;
    }

 private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t stride_ = 0;
    std::vector<float> values_;
};

// Weights, as int8 with one scale or as float32, arranged for multiply(): panels of 16 columns, in
// each one row after the other. With int8 they take a quarter of the memory, which is what the
// decoder waits for; they are made floats on the way, so products are those of float32.
class Weights {
 public:
    Weights() = default;
    // `at(row, column)` of inputs x outputs. `unit`: what 1 stands for.
    static Weights int8(std::size_t inputs, std::size_t outputs, float unit,
                        const std::int8_t* transposed);
    static Weights f32(std::size_t inputs, std::size_t outputs, const float* values);

    [[nodiscard]] std::size_t inputs() const noexcept { return inputs_; }
    [[nodiscard]] std::size_t outputs() const noexcept { return outputs_; }

    // out = x W + bias, and nothing below 0 with `rectify`. `bias`: padded(outputs) numbers, or
    // empty. x has `rows` rows, `x_stride` floats apart.
    void multiply(const float* x, std::size_t x_stride, std::size_t rows,
                  std::span<const float> bias, bool rectify, float* out,
                  std::size_t out_stride) const;

 private:
    std::size_t inputs_ = 0;
    std::size_t outputs_ = 0;
    float unit_ = 1;
    std::vector<std::int8_t> bytes_;
    std::vector<float> floats_;
};

// A table of embeddings: int8 with one scale, or float32, a row a token.
class Table {
 public:
    Table() = default;
    static Table int8(std::size_t rows, std::size_t columns, float unit, const std::int8_t* values);
    static Table f32(std::size_t rows, std::size_t columns, const float* values);

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    // out[i] = row[i] * factor
    void read(std::size_t row, float factor, float* out) const;
    // out[i] = x · row words[i]
    void multiply(const float* x, std::span<const std::uint32_t> words, float* out) const;

 private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t stride_ = 0;
    float unit_ = 1;
    std::vector<std::int8_t> bytes_;
    std::vector<float> floats_;
};

// Small ones, of `count` floats each. Attention's are over the padded row.
[[nodiscard]] float dot(const float* a, const float* b, std::size_t count) noexcept;
void add_scaled(float factor, const float* x, float* out, std::size_t count) noexcept;
void softmax(float* x, std::size_t count) noexcept;
// x = scale * (x + added - mean) / deviation + bias
void add_and_normalise(float* x, const float* added, const float* scale, const float* bias,
                       std::size_t count) noexcept;

}  // namespace lectern::translate
