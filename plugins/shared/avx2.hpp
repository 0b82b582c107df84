// shared/avx2.hpp: what kernels in several plugins need of AVX2, which every machine has that
// Lectern runs on.
#pragma once

#include <immintrin.h>

namespace lectern::shared {

[[nodiscard]] inline float sum(__m256 x) noexcept {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

// e^x for x of at most 0: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2] (its Taylor series, of
// which the seventh term is below float's precision).
[[nodiscard]] inline __m256 exponential(__m256 x) noexcept {
    x = _mm256_max_ps(x, _mm256_set1_ps(-87.0F));
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504F)),
                                     _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    // ln 2 in two parts, so that the rest is exact.
    __m256 rest = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375F), x);
    rest = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4F), rest);
    __m256 out = _mm256_set1_ps(1.0F / 720);
    for (const float factor : {1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1.0F, 1.0F})
        out = _mm256_fmadd_ps(out, rest, _mm256_set1_ps(factor));
    const __m256i power =
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(out, _mm256_castsi256_ps(power));
}

}  // namespace lectern::shared
