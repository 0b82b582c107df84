#include "plugins/translate/matrix.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace lectern::translate {
namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> out(count);
    for (float& value : out) value = normal(random);
    return out;
}

std::vector<std::int8_t> random_bytes(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> any(-128, 127);
    std::vector<std::int8_t> out(count);
    for (std::int8_t& value : out) value = static_cast<std::int8_t>(any(random));
    return out;
}

// Against the definition, in sizes around those that the kernels take at once.
TEST(Weights, MultiplyAsDefined) {
    for (const std::size_t inputs : {1U, 7U, 24U, 64U})
        for (const std::size_t outputs : {1U, 15U, 16U, 17U, 40U})
            for (const std::size_t rows : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 14U, 20U})
                for (const bool whole : {false, true}) {
                    const auto bytes = random_bytes(inputs * outputs, 1);
                    const auto floats = random_floats(inputs * outputs, 2);
                    const float unit = 0.02F;
                    const Weights weights =
                        whole ? Weights::f32(inputs, outputs, floats.data())
                              : Weights::int8(inputs, outputs, unit, bytes.data());
                    const auto x = random_floats(rows * inputs, 3);
                    auto bias = random_floats(outputs, 4);
                    bias.resize(padded(outputs), 0);
                    Rows out(rows, outputs);
                    weights.multiply(x.data(), inputs, rows, bias, true, out.row(0), out.stride());
                    for (std::size_t r = 0; r < rows; ++r)
                        for (std::size_t c = 0; c < outputs; ++c) {
                            double wanted = bias[c];
                            for (std::size_t i = 0; i < inputs; ++i)
                                wanted +=
                                    static_cast<double>(x[r * inputs + i]) *
                                    (whole ? floats[i * outputs + c]
                                           : unit * static_cast<float>(bytes[c * inputs + i]));
                            ASSERT_NEAR(out.row(r)[c], std::max(wanted, 0.0), 1e-3)
                                << inputs << " x " << outputs << ", row " << r << " of " << rows;
                        }
                }
}

TEST(Table, ReadsAndMultiplies) {
    const auto bytes = random_bytes(9 * 21, 5);
    const auto floats = random_floats(9 * 21, 6);
    auto x = random_floats(21, 7);
    x.resize(padded(21), 0);
    for (const bool whole : {false, true}) {
        const Table table =
            whole ? Table::f32(9, 21, floats.data()) : Table::int8(9, 21, 0.5F, bytes.data());
        const auto at = [&](std::size_t row, std::size_t column) {
            return whole ? floats[row * 21 + column]
                         : 0.5F * static_cast<float>(bytes[row * 21 + column]);
        };
        const std::vector<std::uint32_t> words{8, 0, 3, 3, 1};
        std::vector<float> found(words.size());
        table.multiply(x.data(), words, found.data());
        for (std::size_t i = 0; i < words.size(); ++i) {
            std::vector<float> row(padded(21));
            table.read(words[i], 2, row.data());
            double wanted = 0;
            for (std::size_t c = 0; c < 21; ++c) {
                EXPECT_FLOAT_EQ(row[c], 2 * at(words[i], c));
                wanted += static_cast<double>(x[c]) * at(words[i], c);
            }
            EXPECT_NEAR(found[i], wanted, 1e-2) << i;
        }
    }
}

TEST(Kernels, SoftmaxSumsToOne) {
    for (const std::size_t count : {1U, 7U, 8U, 9U, 31U}) {
        auto x = random_floats(count, 8);
        x[0] = 200;  // far from the others
        if (count > 2) x[1] = -200;
        std::vector<double> wanted(x.begin(), x.end());
        double total = 0;
        for (double& value : wanted) total += value = std::exp(value - 200);
        softmax(x.data(), count);
        for (std::size_t i = 0; i < count; ++i) EXPECT_NEAR(x[i], wanted[i] / total, 1e-6) << i;
    }
}

TEST(Kernels, NormaliseAsDefined) {
    for (const std::size_t count : {3U, 8U, 21U, 64U}) {
        auto x = random_floats(count, 9);
        const auto added = random_floats(count, 10);
        const auto scale = random_floats(count, 11);
        const auto bias = random_floats(count, 12);
        double mean = 0;
        double square = 0;
        for (std::size_t i = 0; i < count; ++i) mean += x[i] + added[i];
        mean /= static_cast<double>(count);
        for (std::size_t i = 0; i < count; ++i) square += std::pow(x[i] + added[i] - mean, 2);
        const double deviation = std::sqrt(square / static_cast<double>(count) + 1e-6);
        std::vector<double> wanted;
        for (std::size_t i = 0; i < count; ++i)
            wanted.push_back((x[i] + added[i] - mean) / deviation * scale[i] + bias[i]);
        add_and_normalise(x.data(), added.data(), scale.data(), bias.data(), count);
        for (std::size_t i = 0; i < count; ++i) EXPECT_NEAR(x[i], wanted[i], 1e-4) << i;
    }
}

}  // namespace
}  // namespace lectern::translate
