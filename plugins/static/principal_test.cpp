#include "plugins/static/principal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace lectern::static_vectors {
namespace {

TEST(Eigen, OfAMatrixByHand) {
    const Symmetric found = eigen({2, 1, 1, 2}, 2);
    ASSERT_EQ(found.values.size(), 2U);
    EXPECT_NEAR(found.values[0], 3, 1e-12);
    EXPECT_NEAR(found.values[1], 1, 1e-12);
    EXPECT_NEAR(std::abs(found.vectors[0]), std::sqrt(0.5), 1e-12);
    EXPECT_NEAR(found.vectors[0], found.vectors[1], 1e-12);
}

// Each vector is only scaled by the matrix, and is at right angles with the others.
TEST(Eigen, VectorsAreThoseOfTheMatrix) {
    constexpr std::size_t n = 40;
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) matrix[i * n + j] = matrix[j * n + i] = normal(random);
    const Symmetric found = eigen(matrix, n);
    for (std::size_t k = 0; k < n; ++k) {
        const double* vector = &found.vectors[k * n];
        for (std::size_t i = 0; i < n; ++i)
            EXPECT_NEAR(std::inner_product(vector, vector + n, &matrix[i * n], 0.0),
                        found.values[k] * vector[i], 1e-6);
        for (std::size_t other = 0; other <= k; ++other)
            EXPECT_NEAR(std::inner_product(vector, vector + n, &found.vectors[other * n], 0.0),
                        other == k ? 1 : 0, 1e-9);
        EXPECT_LE(found.values[k], found.values[k == 0 ? 0 : k - 1]);
    }
}

TEST(Components, LieWhereTheRowsSpread) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    std::vector<float> rows;  // wide along (3, 4, 0) / 5, from (1, 2, 3)
    for (int i = 0; i < 500; ++i) {
        const float wide = 10 * normal(random);
        const float narrow = 0.1F * normal(random);
        rows.insert(rows.end(), {1 + 0.6F * wide, 2 + 0.8F * wide, 3 + narrow});
    }
    const Components found = principal_components(rows, 3, 1);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_GT(found.kept, 0.99);
    EXPECT_NEAR(found.mean[2], 3, 0.05);
    EXPECT_NEAR(std::abs(found.axes[0]), 0.6, 0.01);
    EXPECT_NEAR(std::abs(found.axes[1]), 0.8, 0.01);
    std::vector<float> out(1);
    const std::vector<float> row{static_cast<float>(found.mean[0]) + 3,
                                 static_cast<float>(found.mean[1]) + 4,
                                 static_cast<float>(found.mean[2])};
    found.project(row, out);
    EXPECT_NEAR(std::abs(out[0]), 5, 0.05);
}

TEST(EvenOut, LeavesTheRootOfEachSpread) {
    std::vector<float> rows{16, 1, 7, -16, -1, 7, 16, -1, 7, -16, 1, 7};
    even_out(rows, 3);
    for (std::size_t row = 0; row < 4; ++row) {
        EXPECT_NEAR(std::abs(rows[row * 3]), 4, 1e-5);
        EXPECT_NEAR(std::abs(rows[row * 3 + 1]), 1, 1e-5);
        EXPECT_EQ(rows[row * 3 + 2], 7);  // has none
    }
    std::vector<float> none;
    even_out(none, 0);
    EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace lectern::static_vectors
