// Each kernel against the same in double precision, at sizes that fill registers and that do not.
#include "kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace lectern::bert {
namespace {

std::vector<float> random_numbers(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> number(-1, 1);
    std::vector<float> out(count);
    for (float& value : out) value = number(random);
    return out;
}

PackedWeights packed(std::size_t inputs, std::size_t outputs, const std::vector<float>& weights) {
    PackedWeights out(inputs, outputs);
    for (std::size_t i = 0; i < out.panels(); ++i) EXPECT_TRUE(out.pack(i, weights.data()));
    return out;
}

TEST(Kernels, AProductIsThatOfTheWeightsRoundedToHalves) {
    struct Sizes {
        std::size_t rows, inputs, outputs;
    };
    for (const Sizes& size :
         {Sizes{1, 1, 1}, Sizes{2, 8, 16}, Sizes{3, 7, 17}, Sizes{4, 24, 15}, Sizes{5, 33, 40},
          Sizes{6, 64, 32}, Sizes{7, 16, 16}, Sizes{8, 16, 16}, Sizes{9, 100, 48},
          Sizes{13, 384, 64}, Sizes{20, 40, 33}}) {
        const auto x = random_numbers(size.rows * size.inputs, 1);
        const auto weights = random_numbers(size.outputs * size.inputs, 2);
        const auto bias = random_numbers(size.outputs, 3);
        constexpr float untouched = 77;
        const std::size_t stride = size.outputs + 3;
        std::vector<float> out(size.rows * stride, untouched);
        const PackedWeights product = packed(size.inputs, size.outputs, weights);
        product.multiply({x.data(), size.rows, size.inputs}, bias.data(), 0, product.panels(),
                         {out.data(), stride});
        for (std::size_t r = 0; r < size.rows; ++r)
            for (std::size_t o = 0; o < stride; ++o) {
                if (o >= size.outputs) {
                    EXPECT_EQ(out[r * stride + o], untouched) << r << ' ' << o;
                    continue;
                }
                double wanted = bias[o];
                double sizes = 0;
                for (std::size_t i = 0; i < size.inputs; ++i) {
                    const double part =
                        double{x[r * size.inputs + i]} * weights[o * size.inputs + i];
                    wanted += part;
                    sizes += std::abs(part);
                }
                EXPECT_NEAR(out[r * stride + o], wanted, sizes * 0x1p-11 + 1e-5)
                    << size.rows << 'x' << size.inputs << 'x' << size.outputs << ": " << r << ' '
                    << o;
            }
    }
}

TEST(Kernels, SomePanelsLeaveTheOthers) {
    const std::vector<float> x(4, 1);
    const PackedWeights product = packed(4, 48, std::vector<float>(4 * 48, 0.5F));
    const std::vector<float> bias(48, 1);
    std::vector<float> out(48);
    product.multiply({x.data(), 1, 4}, bias.data(), 1, 2, {out.data(), 48});
    for (std::size_t o = 0; o < 48; ++o) EXPECT_EQ(out[o], o / 16 == 1 ? 3 : 0) << o;
}

TEST(Kernels, WeightsThatAreNoHalvesAreSeen) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float bad : {65536.0F, -70000.0F, infinity, -infinity, nan})
        for (const std::size_t at : {std::size_t{0}, std::size_t{9 * 10 + 9}, std::size_t{179}}) {
            std::vector<float> weights(18 * 10, 1);
            weights[at] = bad;
            PackedWeights product(10, 18);
            bool fits = true;
            for (std::size_t i = 0; i < product.panels(); ++i)
                fits = product.pack(i, weights.data()) && fits;
            EXPECT_FALSE(fits) << bad << " at " << at;
        }
}

TEST(Kernels, ActivationsAreThoseOfTheirFormulas) {
    std::vector<float> numbers;
    for (float x = -12; x <= 12; x += 0.0625F) numbers.push_back(x);
    numbers.insert(numbers.end(), {-1000, 1000, 0});
    ASSERT_NE(numbers.size() % 8, 0U);
    const auto expect = [&](Activation activation, const auto& wanted) {
        std::vector<float> out = numbers;
        activate(activation, out.data(), out.size());
        for (std::size_t i = 0; i < out.size(); ++i)
            EXPECT_NEAR(out[i], wanted(double{numbers[i]}), 1e-6 * (1 + std::abs(numbers[i])))
                << "activation " << static_cast<int>(activation) << " of " << numbers[i];
    };
    expect(Activation::gelu, [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); });
    expect(Activation::gelu_tanh, [](double x) {
        return x / 2 * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    });
    expect(Activation::relu, [](double x) { return std::max(x, 0.0); });
}

TEST(Kernels, RowsAreAddedComparedAndNormalised) {
    for (const std::size_t count : {1U, 5U, 8U, 16U, 19U, 32U, 50U}) {
        constexpr std::size_t rows = 7;
        const auto x = random_numbers(count, 1);
        const auto table = random_numbers(rows * (count + 2), 2);
        const RowsIn of{table.data(), rows, count + 2};
        const auto at = [&](std::size_t row, std::size_t i) {
            return double{table[row * of.stride + i]};
        };

        std::vector<float> products(rows);
        dots(x.data(), of, count, products.data());
        for (std::size_t r = 0; r < rows; ++r) {
            double wanted = 0;
            for (std::size_t i = 0; i < count; ++i) wanted += x[i] * at(r, i);
            EXPECT_NEAR(products[r], wanted, 1e-5) << count;
        }

        std::vector<float> shares = products;
        softmax(0.5F, shares.data(), rows);
        double all = 0;
        for (const float product : products) all += std::exp(0.5 * product);
        for (std::size_t r = 0; r < rows; ++r)
            EXPECT_NEAR(shares[r], std::exp(0.5 * products[r]) / all, 1e-6) << count;

        std::vector<float> mixed(count);
        weighted_sum(shares.data(), of, count, mixed.data());
        std::vector<float> added = x;
        add_scaled(0.25F, table.data(), added.data(), count);
        double mean = 0;
        for (std::size_t i = 0; i < count; ++i) {
            double wanted = 0;
            for (std::size_t r = 0; r < rows; ++r) wanted += shares[r] * at(r, i);
            EXPECT_NEAR(mixed[i], wanted, 1e-5) << count;
            EXPECT_NEAR(added[i], x[i] + 0.25 * at(0, i), 1e-6) << count;
            mean += added[i] / static_cast<double>(count);
        }

        double variance = 0;
        for (const float value : added)
            variance += (value - mean) * (value - mean) / static_cast<double>(count);
        std::vector<float> normal = added;
        normalise(normal.data(), x.data(), table.data(), 1e-3F, count);
        for (std::size_t i = 0; i < count; ++i)
            EXPECT_NEAR(normal[i], (added[i] - mean) / std::sqrt(variance + 1e-3) * x[i] + at(0, i),
                        1e-5)
                << count;
    }
}

}  // namespace
}  // namespace lectern::bert
