#include "plugins/word2vec/nearest.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace lectern::word2vec {
namespace {

constexpr std::size_t panel_rows = 16;   // two AVX2 registers
constexpr std::size_t query_block = 6;   // 6 x 2 sums and 2 + 1 operands fit 16 registers
constexpr std::size_t query_group = 96;  // packed queries that stay in the second-level cache

using Lanes = float __attribute__((vector_size(32)));
constexpr std::size_t lanes = 8;
using Tile = std::array<std::array<float, panel_rows>, query_block>;

// tile[q][r] = query q of the block . row r of the panel.
void multiply(const float* queries, const float* panel, std::size_t dimension, Tile& tile) {
    Lanes sums[query_block][2] = {};
    for (std::size_t k = 0; k < dimension; ++k) {
        Lanes low;
        Lanes high;
        std::memcpy(&low, panel + k * panel_rows, sizeof low);
        std::memcpy(&high, panel + k * panel_rows + lanes, sizeof high);
#pragma GCC unroll 6
        for (std::size_t q = 0; q < query_block; ++q) {
            const float value = queries[k * query_block + q];
            sums[q][0] += value * low;
            sums[q][1] += value * high;
        }
    }
    std::memcpy(tile.data(), sums, sizeof sums);
}

}  // namespace

NearestRows::NearestRows(std::span<const float> rows, std::size_t dimension)
    : rows_(rows.size() / dimension), dimension_(dimension) {
    const std::size_t panels = (rows_ + panel_rows - 1) / panel_rows;
    panels_.resize(panels * dimension * panel_rows);
    for (std::size_t row = 0; row < rows_; ++row) {
        float* const panel = panels_.data() + row / panel_rows * dimension * panel_rows;
        for (std::size_t k = 0; k < dimension; ++k)
            panel[k * panel_rows + row % panel_rows] = rows[row * dimension + k];
    }
}

void NearestRows::find(std::span<const float> queries, std::span<const Excluded> excluded,
                       std::span<std::uint32_t> out) const {
    std::vector<float> packed;
    Tile tile;
    for (std::size_t group = 0; group < out.size(); group += query_group) {
        const std::size_t count = std::min(query_group, out.size() - group);
        const std::size_t blocks = (count + query_block - 1) / query_block;
        packed.assign(blocks * query_block * dimension_, 0.0F);
        for (std::size_t q = 0; q < count; ++q)
            for (std::size_t k = 0; k < dimension_; ++k)
                packed[(q / query_block * dimension_ + k) * query_block + q % query_block] =
                    queries[(group + q) * dimension_ + k];

        std::array<float, query_group> best;
        best.fill(-std::numeric_limits<float>::infinity());
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(group), count, none);
        for (std::size_t first = 0; first < rows_; first += panel_rows) {
            const float* const panel = panels_.data() + first * dimension_;
            const std::size_t used = std::min(panel_rows, rows_ - first);
            for (std::size_t block = 0; block < blocks; ++block) {
                multiply(packed.data() + block * query_block * dimension_, panel, dimension_, tile);
                const std::size_t end = std::min(query_block, count - block * query_block);
                for (std::size_t i = 0; i < end; ++i) {
                    const std::size_t q = block * query_block + i;
                    const auto& scores = tile[i];
                    if (!(*std::max_element(scores.begin(), scores.end()) > best[q])) continue;
                    for (std::size_t r = 0; r < used; ++r) {
                        const auto row = static_cast<std::uint32_t>(first + r);
                        if (!(scores[r] > best[q])) continue;
                        const Excluded& skip = excluded[group + q];
                        if (std::find(skip.begin(), skip.end(), row) != skip.end()) continue;
                        best[q] = scores[r];
                        out[group + q] = row;
                    }
                }
            }
        }
    }
}

}  // namespace lectern::word2vec
