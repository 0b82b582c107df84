#include "plugins/word2vec/nearest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lectern::word2vec {
namespace {

// The plain double loop.
std::uint32_t expected(std::span<const float> rows, std::span<const float> query,
                       const NearestRows::Excluded& excluded) {
    std::uint32_t out = NearestRows::none;
    double best = 0;
    for (std::uint32_t row = 0; row < rows.size() / query.size(); ++row) {
        if (std::find(excluded.begin(), excluded.end(), row) != excluded.end()) continue;
        double score = 0;
        for (std::size_t k = 0; k < query.size(); ++k)
            score += static_cast<double>(rows[row * query.size() + k]) * query[k];
        if (out == NearestRows::none || score > best) {
            best = score;
            out = row;
        }
    }
    return out;
}

TEST(NearestRows, EqualThePlainLoopWhateverTheSizes) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> value(-8, 8);  // small integers: both sums are exact
    for (const std::size_t dimension : {1, 7, 100})
        for (const std::size_t count : {1, 2, 15, 16, 17, 200})
            for (const std::size_t queries : {1, 6, 95, 97, 200}) {
                std::vector<float> rows(count * dimension);
                std::vector<float> asked(queries * dimension);
                for (float& x : rows) x = static_cast<float>(value(random));
                for (float& x : asked) x = static_cast<float>(value(random));
                std::vector<NearestRows::Excluded> excluded(queries);
                for (auto& three : excluded)
                    for (auto& row : three) row = static_cast<std::uint32_t>(random() % count);
                std::vector<std::uint32_t> got(queries, 77);
                NearestRows(rows, dimension).find(asked, excluded, got);
                for (std::size_t q = 0; q < queries; ++q)
                    ASSERT_EQ(got[q],
                              expected(rows, std::span(asked).subspan(q * dimension, dimension),
                                       excluded[q]))
                        << dimension << " " << count << " " << q;
            }
}

}  // namespace
}  // namespace lectern::word2vec
