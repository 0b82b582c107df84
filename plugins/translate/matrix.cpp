#include "plugins/translate/matrix.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "plugins/shared/avx2.hpp"

namespace lectern::translate {
namespace {

// Rows that are computed at once: 6 x 16 sums fill the registers.
constexpr std::size_t most_rows = 6;

inline __m256 load(const float* from) {
    return _mm256_loadu_ps(from);
}
inline __m256 load(const std::int8_t* from) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(
        _mm_loadl_epi64(reinterpret_cast<const __m128i*>(static_cast<const void*>(from)))));
}

struct Product {
    const float* x = nullptr;
    std::size_t x_stride = 0;
    std::size_t inputs = 0;
    float unit = 1;
    const float* bias = nullptr;
    bool rectify = false;
    float* out = nullptr;
    std::size_t out_stride = 0;
};

// Of `rows` rows from `first` on, the 16 columns of one panel.
template <std::size_t rows, typename Weight>
void tile(const Product& product, std::size_t first, const Weight* weights, std::size_t column) {
    __m256 left[rows];
    __m256 right[rows];
    // Unrolled, so that the sums are in registers.
#pragma GCC unroll 6
    for (std::size_t r = 0; r < rows; ++r) left[r] = right[r] = _mm256_setzero_ps();
    const float* x = product.x + first * product.x_stride;
    for (std::size_t i = 0; i < product.inputs; ++i) {
        const __m256 w0 = load(weights + i * panel);
        const __m256 w1 = load(weights + i * panel + 8);
#pragma GCC unroll 6
        for (std::size_t r = 0; r < rows; ++r) {
            const __m256 value = _mm256_broadcast_ss(x + r * product.x_stride + i);
            left[r] = _mm256_fmadd_ps(value, w0, left[r]);
            right[r] = _mm256_fmadd_ps(value, w1, right[r]);
        }
    }
    const __m256 unit = _mm256_set1_ps(product.unit);
    const __m256 none = _mm256_setzero_ps();
    const __m256 b0 = product.bias == nullptr ? none : load(product.bias + column);
    const __m256 b1 = product.bias == nullptr ? none : load(product.bias + column + 8);
#pragma GCC unroll 6
    for (std::size_t r = 0; r < rows; ++r) {
        __m256 y0 = _mm256_fmadd_ps(left[r], unit, b0);
        __m256 y1 = _mm256_fmadd_ps(right[r], unit, b1);
        if (product.rectify) {
            y0 = _mm256_max_ps(y0, none);
            y1 = _mm256_max_ps(y1, none);
        }
        float* out = product.out + (first + r) * product.out_stride + column;
        _mm256_storeu_ps(out, y0);
        _mm256_storeu_ps(out + 8, y1);
    }
}

template <typename Weight>
void panel_of(const Product& product, std::size_t rows, const Weight* weights, std::size_t column) {
    std::size_t first = 0;
    // Not 6 and then 1 or 2, of which each would take as long.
    while (rows - first > most_rows + 2) {
        tile<most_rows>(product, first, weights, column);
        first += most_rows;
    }
    if (rows - first > most_rows) {
        tile<4>(product, first, weights, column);
        first += 4;
    }
    switch (rows - first) {
        case 6: tile<6>(product, first, weights, column); break;
        case 5: tile<5>(product, first, weights, column); break;
        case 4: tile<4>(product, first, weights, column); break;
        case 3: tile<3>(product, first, weights, column); break;
        case 2: tile<2>(product, first, weights, column); break;
        case 1: tile<1>(product, first, weights, column); break;
        default: break;
    }
}

using shared::exponential;
using shared::sum;

// The products of x with four rows of a table at once.
template <typename Weight>
void four(const float* x, const Weight* const* rows, std::size_t count, float* out) {
    __m256 sums[4];
    for (__m256& one : sums) one = _mm256_setzero_ps();
    for (std::size_t i = 0; i < count; i += 8) {
        const __m256 value = _mm256_loadu_ps(x + i);
#pragma GCC unroll 4
        for (std::size_t r = 0; r < 4; ++r)
            sums[r] = _mm256_fmadd_ps(value, load(rows[r] + i), sums[r]);
    }
    for (std::size_t r = 0; r < 4; ++r) out[r] = sum(sums[r]);
}

template <typename Weight>
void dots(const float* x, const Weight* table, std::size_t stride, float unit,
          std::span<const std::uint32_t> words, float* out) {
    for (std::size_t i = 0; i < words.size(); i += 4) {
        const Weight* rows[4];
        float found[4];
        const std::size_t count = std::min<std::size_t>(4, words.size() - i);
        for (std::size_t r = 0; r < 4; ++r)
            rows[r] = table + words[i + std::min(r, count - 1)] * stride;
        four(x, rows, stride, found);
        for (std::size_t r = 0; r < count; ++r) out[i + r] = found[r] * unit;
    }
}

}  // namespace

Weights Weights::int8(std::size_t inputs, std::size_t outputs, float unit,
                      const std::int8_t* transposed) {
    Weights out;
    out.inputs_ = inputs;
    out.outputs_ = outputs;
    out.unit_ = unit;
    out.bytes_.assign(inputs * padded(outputs), 0);
    for (std::size_t column = 0; column < outputs; ++column)
        for (std::size_t row = 0; row < inputs; ++row)
            out.bytes_[column / panel * panel * inputs + row * panel + column % panel] =
                transposed[column * inputs + row];
    return out;
}

Weights Weights::f32(std::size_t inputs, std::size_t outputs, const float* values) {
    Weights out;
    out.inputs_ = inputs;
    out.outputs_ = outputs;
    out.floats_.assign(inputs * padded(outputs), 0);
    for (std::size_t column = 0; column < outputs; ++column)
        for (std::size_t row = 0; row < inputs; ++row)
            out.floats_[column / panel * panel * inputs + row * panel + column % panel] =
                values[row * outputs + column];
    return out;
}

void Weights::multiply(const float* x, std::size_t x_stride, std::size_t rows,
                       std::span<const float> bias, bool rectify, float* out,
                       std::size_t out_stride) const {
    const Product product{x,       x_stride, inputs_,   unit_, bias.empty() ? nullptr : bias.data(),
                          rectify, out,      out_stride};
    for (std::size_t column = 0; column < padded(outputs_); column += panel) {
        if (floats_.empty())
            panel_of(product, rows, bytes_.data() + column * inputs_, column);
        else
            panel_of(product, rows, floats_.data() + column * inputs_, column);
    }
}

Table Table::int8(std::size_t rows, std::size_t columns, float unit, const std::int8_t* values) {
    Table out;
    out.rows_ = rows;
    out.columns_ = columns;
    out.stride_ = padded(columns);
    out.unit_ = unit;
    out.bytes_.assign(rows * out.stride_, 0);
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(values + row * columns, columns, out.bytes_.data() + row * out.stride_);
    return out;
}

Table Table::f32(std::size_t rows, std::size_t columns, const float* values) {
    Table out;
    out.rows_ = rows;
    out.columns_ = columns;
    out.stride_ = padded(columns);
    out.floats_.assign(rows * out.stride_, 0);
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(values + row * columns, columns, out.floats_.data() + row * out.stride_);
    return out;
}

void Table::read(std::size_t row, float factor, float* out) const {
    factor *= unit_;
    for (std::size_t i = 0; i < stride_; ++i)
        out[i] = factor * (floats_.empty() ? static_cast<float>(bytes_[row * stride_ + i])
                                           : floats_[row * stride_ + i]);
}

void Table::multiply(const float* x, std::span<const std::uint32_t> words, float* out) const {
    if (floats_.empty())
        dots(x, bytes_.data(), stride_, unit_, words, out);
    else
        dots(x, floats_.data(), stride_, 1.0F, words, out);
}

float dot(const float* a, const float* b, std::size_t count) noexcept {
    __m256 total = _mm256_setzero_ps();
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        total = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), total);
    float out = sum(total);
    for (; i < count; ++i) out += a[i] * b[i];
    return out;
}

void add_scaled(float factor, const float* x, float* out, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] += factor * x[i];
}

void softmax(float* x, std::size_t count) noexcept {
    if (count == 0) return;
    const float most = *std::max_element(x, x + count);
    __m256 total = _mm256_setzero_ps();
    const __m256 shift = _mm256_set1_ps(most);
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 value = exponential(_mm256_sub_ps(_mm256_loadu_ps(x + i), shift));
        _mm256_storeu_ps(x + i, value);
        total = _mm256_add_ps(total, value);
    }
    float all = sum(total);
    for (; i < count; ++i) {
        x[i] = std::exp(x[i] - most);
        all += x[i];
    }
    const float share = 1 / all;
    for (i = 0; i < count; ++i) x[i] *= share;
}

void add_and_normalise(float* x, const float* added, const float* scale, const float* bias,
                       std::size_t count) noexcept {
    constexpr float epsilon = 1e-6F;
    __m256 total = _mm256_setzero_ps();
    __m256 squares = _mm256_setzero_ps();
    float rest = 0;
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 value = _mm256_add_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(added + i));
        _mm256_storeu_ps(x + i, value);
        total = _mm256_add_ps(total, value);
    }
    for (; i < count; ++i) {
        x[i] += added[i];
        rest += x[i];
    }
    const float mean = (sum(total) + rest) / static_cast<float>(count);
    rest = 0;
    for (i = 0; i + 8 <= count; i += 8) {
        const __m256 away = _mm256_sub_ps(_mm256_loadu_ps(x + i), _mm256_set1_ps(mean));
        squares = _mm256_fmadd_ps(away, away, squares);
    }
    for (; i < count; ++i) rest += (x[i] - mean) * (x[i] - mean);
    const float factor = 1 / std::sqrt((sum(squares) + rest) / static_cast<float>(count) + epsilon);
    for (i = 0; i < count; ++i) x[i] = (x[i] - mean) * factor * scale[i] + bias[i];
}

}  // namespace lectern::translate
