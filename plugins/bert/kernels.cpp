#include "kernels.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/shared/avx2.hpp"

namespace lectern::bert {
namespace {

constexpr std::size_t panel = PackedWeights::panel;
// Rows that are computed at once: 6 x 16 sums fill the registers.
constexpr std::size_t most_rows = 6;
constexpr float largest_half = 65504;

__m256 load(const std::uint16_t* from) {
    return _mm256_cvtph_ps(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(static_cast<const void*>(from))));
}

void store(std::uint16_t* to, __m256 x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<void*>(to)),
                     _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

// The sums of four registers, beside each other.
__m128 sums(__m256 a, __m256 b, __m256 c, __m256 d) {
    const __m256 abcd = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    return _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1));
}

// Eight rows of eight become columns.
void transpose(__m256* x) {
    __m256 pairs[8];
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_ps(x[i], x[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(x[i], x[i + 1]);
    }
    __m256 fours[8];
    for (int i = 0; i < 8; i += 4) {
        fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], _MM_SHUFFLE(1, 0, 1, 0));
        fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], _MM_SHUFFLE(3, 2, 3, 2));
        fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], _MM_SHUFFLE(1, 0, 1, 0));
        fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], _MM_SHUFFLE(3, 2, 3, 2));
    }
    for (int i = 0; i < 4; ++i) {
        x[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
        x[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
    }
}

struct Product {
    const float* x = nullptr;
    std::size_t x_stride = 0;
    std::size_t inputs = 0;
    const std::uint16_t* weights = nullptr;  // of one panel
    const float* bias = nullptr;             // 16 of them
    float* out = nullptr;
    std::size_t out_stride = 0;
    std::size_t outputs = panel;  // that are wanted
};

void put(const Product& product, std::size_t row, __m256 left, __m256 right) {
    left = _mm256_add_ps(left, _mm256_loadu_ps(product.bias));
    right = _mm256_add_ps(right, _mm256_loadu_ps(product.bias + 8));
    float* const out = product.out + row * product.out_stride;
    if (product.outputs == panel) {
        _mm256_storeu_ps(out, left);
        _mm256_storeu_ps(out + 8, right);
        return;
    }
    alignas(32) float all[panel];
    _mm256_store_ps(all, left);
    _mm256_store_ps(all + 8, right);
    std::copy_n(all, product.outputs, out);
}

template <std::size_t rows>
void compute(const Product& product) {
    __m256 left[rows];
    __m256 right[rows];
    // Unrolled, so that the sums are in registers.
#pragma GCC unroll 6
    for (std::size_t r = 0; r < rows; ++r) left[r] = right[r] = _mm256_setzero_ps();
    for (std::size_t i = 0; i < product.inputs; ++i) {
        const __m256 w0 = load(product.weights + i * panel);
        const __m256 w1 = load(product.weights + i * panel + 8);
#pragma GCC unroll 6
        for (std::size_t r = 0; r < rows; ++r) {
            const __m256 value = _mm256_broadcast_ss(product.x + r * product.x_stride + i);
            left[r] = _mm256_fmadd_ps(value, w0, left[r]);
            right[r] = _mm256_fmadd_ps(value, w1, right[r]);
        }
    }
#pragma GCC unroll 6
    for (std::size_t r = 0; r < rows; ++r) put(product, r, left[r], right[r]);
}

template <std::size_t rows>
void advance(Product& product) {
    compute<rows>(product);
    product.x += rows * product.x_stride;
    product.out += rows * product.out_stride;
}

void all_rows(Product product, std::size_t rows) {
    // Not 6 and then 1 or 2, of which each would take as long.
    for (; rows > most_rows + 2; rows -= most_rows) advance<most_rows>(product);
    for (; rows > most_rows; rows -= 4) advance<4>(product);
    switch (rows) {
        case 6: compute<6>(product); break;
        case 5: compute<5>(product); break;
        case 4: compute<4>(product); break;
        case 3: compute<3>(product); break;
        case 2: compute<2>(product); break;
        case 1: compute<1>(product); break;
        default: break;
    }
}

// Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26: within 1.5e-7.
__m256 error_function(__m256 x) {
    const __m256 sign = _mm256_and_ps(x, _mm256_set1_ps(-0.0F));
    const __m256 size = _mm256_xor_ps(x, sign);
    const __m256 one = _mm256_set1_ps(1.0F);
    const __m256 t = _mm256_div_ps(one, _mm256_fmadd_ps(size, _mm256_set1_ps(0.3275911F), one));
    __m256 series = _mm256_set1_ps(1.061405429F);
    for (const float factor : {-1.453152027F, 1.421413741F, -0.284496736F, 0.254829592F})
        series = _mm256_fmadd_ps(series, t, _mm256_set1_ps(factor));
    const __m256 tail = _mm256_mul_ps(
        _mm256_mul_ps(series, t),
        shared::exponential(_mm256_mul_ps(_mm256_xor_ps(size, _mm256_set1_ps(-0.0F)), size)));
    return _mm256_or_ps(_mm256_sub_ps(one, tail), sign);
}

__m256 gelu(__m256 x) {
    const __m256 half = _mm256_mul_ps(x, _mm256_set1_ps(0.5F));
    return _mm256_fmadd_ps(half, error_function(_mm256_mul_ps(x, _mm256_set1_ps(0.70710678F))),
                           half);
}

// x (1 + tanh u) / 2 is x / (1 + e^-2u), and of a u below 0 x e^2u / (1 + e^2u).
__m256 gelu_tanh(__m256 x) {
    const __m256 square = _mm256_mul_ps(x, x);
    const __m256 inner = _mm256_fmadd_ps(_mm256_mul_ps(square, x), _mm256_set1_ps(0.044715F), x);
    const __m256 twice = _mm256_mul_ps(inner, _mm256_set1_ps(1.59576912F));
    const __m256 power = shared::exponential(_mm256_or_ps(twice, _mm256_set1_ps(-0.0F)));
    const __m256 one = _mm256_set1_ps(1.0F);
    const __m256 share = _mm256_blendv_ps(one, power, twice);  // by its sign
    return _mm256_div_ps(_mm256_mul_ps(x, share), _mm256_add_ps(one, power));
}

__m256 activated(Activation activation, __m256 x) {
    switch (activation) {
        case Activation::gelu: return gelu(x);
        case Activation::gelu_tanh: return gelu_tanh(x);
        case Activation::relu: break;
    }
    return _mm256_max_ps(x, _mm256_setzero_ps());
}

}  // namespace

PackedWeights::PackedWeights(std::size_t inputs, std::size_t outputs)
    : inputs_(inputs), outputs_(outputs), halves_(panels() * panel * inputs) {}

bool PackedWeights::pack(std::size_t number, const float* weights) noexcept {
    std::uint16_t* const halves = halves_.data() + number * panel * inputs_;
    const __m256 sign = _mm256_set1_ps(-0.0F);
    const __m256 limit = _mm256_set1_ps(largest_half);
    __m256 fit = _mm256_castsi256_ps(_mm256_set1_epi32(-1));
    for (std::size_t half = 0; half < panel; half += 8) {
        const std::size_t first = number * panel + half;
        const std::size_t rows = first < outputs_ ? std::min<std::size_t>(8, outputs_ - first) : 0;
        for (std::size_t i = 0; i < inputs_; i += 8) {
            const std::size_t columns = std::min<std::size_t>(8, inputs_ - i);
            __m256 block[8];
            for (std::size_t r = 0; r < 8; ++r) {
                const float* const from = weights + (first + r) * inputs_ + i;
                if (r < rows && columns == 8) {
                    block[r] = _mm256_loadu_ps(from);
                } else {
                    alignas(32) float some[8]{};
                    if (r < rows) std::copy_n(from, columns, some);
                    block[r] = _mm256_load_ps(some);
                }
                const __m256 size = _mm256_andnot_ps(sign, block[r]);
                fit = _mm256_and_ps(fit, _mm256_cmp_ps(size, limit, _CMP_LE_OQ));
            }
            transpose(block);
            for (std::size_t k = 0; k < columns; ++k)
                store(halves + (i + k) * panel + half, block[k]);
        }
    }
    return _mm256_movemask_ps(fit) == 0xff;
}

void PackedWeights::multiply(const RowsIn& x, const float* bias, std::size_t first,
                             std::size_t last, const RowsOut& out) const noexcept {
    for (std::size_t number = first; number < last; ++number) {
        const std::size_t column = number * panel;
        const std::size_t outputs = std::min(panel, outputs_ - column);
        alignas(32) float added[panel]{};
        std::copy_n(bias + column, outputs, added);
        all_rows({x.data, x.stride, inputs_, halves_.data() + column * inputs_, added,
                  out.data + column, out.stride, outputs},
                 x.rows);
    }
}

void dots(const float* x, const RowsIn& rows, std::size_t count, float* out) noexcept {
    for (std::size_t k = 0; k < rows.rows; k += 4) {
        const std::size_t here = std::min<std::size_t>(4, rows.rows - k);
        const float* of[4];
        for (std::size_t r = 0; r < 4; ++r)
            of[r] = rows.data + (k + std::min(r, here - 1)) * rows.stride;
        __m256 a = _mm256_setzero_ps();
        __m256 b = a;
        __m256 c = a;
        __m256 d = a;
        std::size_t i = 0;
        for (; i + 8 <= count; i += 8) {
            const __m256 value = _mm256_loadu_ps(x + i);
            a = _mm256_fmadd_ps(value, _mm256_loadu_ps(of[0] + i), a);
            b = _mm256_fmadd_ps(value, _mm256_loadu_ps(of[1] + i), b);
            c = _mm256_fmadd_ps(value, _mm256_loadu_ps(of[2] + i), c);
            d = _mm256_fmadd_ps(value, _mm256_loadu_ps(of[3] + i), d);
        }
        alignas(16) float found[4];
        _mm_store_ps(found, sums(a, b, c, d));
        for (std::size_t r = 0; r < here; ++r) {
            for (std::size_t rest = i; rest < count; ++rest) found[r] += x[rest] * of[r][rest];
            out[k + r] = found[r];
        }
    }
}

void activate(Activation activation, float* x, std::size_t count) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(x + i, activated(activation, _mm256_loadu_ps(x + i)));
    if (i == count) return;
    alignas(32) float rest[8]{};
    std::copy(x + i, x + count, rest);
    _mm256_store_ps(rest, activated(activation, _mm256_load_ps(rest)));
    std::copy_n(rest, count - i, x + i);
}

void softmax(float factor, float* x, std::size_t count) noexcept {
    if (count == 0) return;
    const float most = *std::max_element(x, x + count);
    const __m256 factors = _mm256_set1_ps(factor);
    const __m256 shift = _mm256_set1_ps(most);
    float all = 0;
    for (std::size_t i = 0; i < count; i += 8) {
        alignas(32) float some[8];
        const std::size_t here = std::min<std::size_t>(8, count - i);
        std::fill(some + here, some + 8, most);
        std::copy_n(x + i, here, some);
        _mm256_store_ps(some, shared::exponential(_mm256_mul_ps(
                                  _mm256_sub_ps(_mm256_load_ps(some), shift), factors)));
        for (std::size_t k = 0; k < here; ++k) all += some[k];
        std::copy_n(some, here, x + i);
    }
    const float share = 1 / all;
    for (std::size_t i = 0; i < count; ++i) x[i] *= share;
}

void weighted_sum(const float* factors, const RowsIn& rows, std::size_t count,
                  float* out) noexcept {
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m256 left = _mm256_setzero_ps();
        __m256 right = left;
        for (std::size_t k = 0; k < rows.rows; ++k) {
            const float* const row = rows.data + k * rows.stride + i;
            const __m256 factor = _mm256_broadcast_ss(factors + k);
            left = _mm256_fmadd_ps(factor, _mm256_loadu_ps(row), left);
            right = _mm256_fmadd_ps(factor, _mm256_loadu_ps(row + 8), right);
        }
        _mm256_storeu_ps(out + i, left);
        _mm256_storeu_ps(out + i + 8, right);
    }
    for (; i < count; ++i) {
        out[i] = 0;
        for (std::size_t k = 0; k < rows.rows; ++k)
            out[i] += factors[k] * rows.data[k * rows.stride + i];
    }
}

void add_scaled(float factor, const float* x, float* out, std::size_t count) noexcept {
    const __m256 factors = _mm256_set1_ps(factor);
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(
            out + i, _mm256_fmadd_ps(factors, _mm256_loadu_ps(x + i), _mm256_loadu_ps(out + i)));
    for (; i < count; ++i) out[i] += factor * x[i];
}

void normalise(float* x, const float* scale, const float* bias, float epsilon,
               std::size_t count) noexcept {
    const std::size_t whole = count / 8 * 8;
    __m256 total = _mm256_setzero_ps();
    for (std::size_t i = 0; i < whole; i += 8) total = _mm256_add_ps(total, _mm256_loadu_ps(x + i));
    float rest = 0;
    for (std::size_t i = whole; i < count; ++i) rest += x[i];
    const float mean = (shared::sum(total) + rest) / static_cast<float>(count);
    const __m256 means = _mm256_set1_ps(mean);
    __m256 squares = _mm256_setzero_ps();
    for (std::size_t i = 0; i < whole; i += 8) {
        const __m256 away = _mm256_sub_ps(_mm256_loadu_ps(x + i), means);
        squares = _mm256_fmadd_ps(away, away, squares);
    }
    rest = 0;
    for (std::size_t i = whole; i < count; ++i) rest += (x[i] - mean) * (x[i] - mean);
    const float factor =
        1 / std::sqrt((shared::sum(squares) + rest) / static_cast<float>(count) + epsilon);
    const __m256 factors = _mm256_set1_ps(factor);
    for (std::size_t i = 0; i < whole; i += 8) {
        const __m256 centred = _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(x + i), means), factors);
        _mm256_storeu_ps(
            x + i, _mm256_fmadd_ps(centred, _mm256_loadu_ps(scale + i), _mm256_loadu_ps(bias + i)));
    }
    for (std::size_t i = whole; i < count; ++i) x[i] = (x[i] - mean) * factor * scale[i] + bias[i];
}

}  // namespace lectern::bert
