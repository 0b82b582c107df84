#include "plugins/static/principal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lectern::static_vectors {
namespace {

constexpr int most_sweeps = 30;

// Turns rows p and q of a by an angle: both become mixtures of both.
void turn(double* p, double* q, std::size_t n, double cosine, double sine) {
    for (std::size_t i = 0; i < n; ++i) {
        const double before = p[i];
        p[i] = cosine * before - sine * q[i];
        q[i] = sine * before + cosine * q[i];
    }
}

double off_diagonal(const std::vector<double>& matrix, std::size_t n) {
    double out = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (i != j) out += matrix[i * n + j] * matrix[i * n + j];
    return out;
}

}  // namespace

Symmetric eigen(std::vector<double> matrix, std::size_t n, const std::function<bool()>& stopped) {
    std::vector<double> vectors(n * n);
    for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
    const double all = std::inner_product(matrix.begin(), matrix.end(), matrix.begin(), 0.0);
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        const double off = off_diagonal(matrix, n);
        if (off <= all * 1e-18 || (stopped && stopped())) break;
        // What is small already waits: a rotation costs the same for it.
        const double worth = std::sqrt(off / static_cast<double>(n * n)) * 0.05;
        for (std::size_t p = 0; p + 1 < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                const double between = matrix[p * n + q];
                if (std::abs(between) <= worth) continue;
                const double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * between);
                const double tangent =
                    (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                const double cosine = 1 / std::sqrt(tangent * tangent + 1);
                const double sine = tangent * cosine;
                turn(&matrix[p * n], &matrix[q * n], n, cosine, sine);
                for (std::size_t i = 0; i < n; ++i) {
                    const double before = matrix[i * n + p];
                    matrix[i * n + p] = cosine * before - sine * matrix[i * n + q];
                    matrix[i * n + q] = sine * before + cosine * matrix[i * n + q];
                }
                turn(&vectors[p * n], &vectors[q * n], n, cosine, sine);
            }
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return matrix[a * n + a] > matrix[b * n + b]; });
    Symmetric out;
    for (const std::size_t i : order) {
        out.values.push_back(matrix[i * n + i]);
        out.vectors.insert(out.vectors.end(), vectors.begin() + static_cast<std::ptrdiff_t>(i * n),
                           vectors.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
    }
    return out;
}

void Components::project(std::span<const float> row, std::span<float> out) const {
    for (std::size_t axis = 0; axis < size(); ++axis) {
        double sum = 0;
        for (std::size_t i = 0; i < dimension; ++i)
            sum += axes[axis * dimension + i] * (row[i] - mean[i]);
        out[axis] = static_cast<float>(sum);
    }
}

Components principal_components(std::span<const float> rows, std::size_t dimension,
                                std::size_t keep, const std::function<bool()>& stopped) {
    Components out;
    out.dimension = dimension;
    out.mean.resize(dimension);
    const std::size_t count = rows.size() / dimension;
    for (std::size_t i = 0; i < rows.size(); ++i) out.mean[i % dimension] += rows[i];
    for (double& each : out.mean) each /= static_cast<double>(std::max<std::size_t>(count, 1));
    std::vector<double> spread(dimension * dimension);
    std::vector<double> centred(dimension);
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < dimension; ++i)
            centred[i] = rows[row * dimension + i] - out.mean[i];
        for (std::size_t i = 0; i < dimension; ++i)
            for (std::size_t j = i; j < dimension; ++j)
                spread[i * dimension + j] += centred[i] * centred[j];
    }
    for (std::size_t i = 0; i < dimension; ++i)
        for (std::size_t j = 0; j < i; ++j) spread[i * dimension + j] = spread[j * dimension + i];
    const Symmetric found = eigen(std::move(spread), dimension, stopped);
    keep = std::min(keep, dimension);
    out.axes.assign(found.vectors.begin(),
                    found.vectors.begin() + static_cast<std::ptrdiff_t>(keep * dimension));
    const auto kept_end = found.values.begin() + static_cast<std::ptrdiff_t>(keep);
    const double all = std::accumulate(found.values.begin(), found.values.end(), 0.0);
    if (all > 0) out.kept = std::accumulate(found.values.begin(), kept_end, 0.0) / all;
    return out;
}

void even_out(std::span<float> rows, std::size_t dimension) {
    const std::size_t count = dimension == 0 ? 0 : rows.size() / dimension;
    std::vector<double> sum(dimension);
    std::vector<double> square(dimension);
    for (std::size_t i = 0; i < count * dimension; ++i) {
        sum[i % dimension] += rows[i];
        square[i % dimension] += static_cast<double>(rows[i]) * rows[i];
    }
    std::vector<float> scale(dimension, 1.0F);
    for (std::size_t i = 0; i < dimension; ++i) {
        const double mean = sum[i] / static_cast<double>(std::max<std::size_t>(count, 1));
        const double spread =
            square[i] / static_cast<double>(std::max<std::size_t>(count, 1)) - mean * mean;
        if (spread > 0) scale[i] = static_cast<float>(std::pow(spread, -0.25));
    }
    for (std::size_t i = 0; i < count * dimension; ++i) rows[i] *= scale[i % dimension];
}

}  // namespace lectern::static_vectors
