// nearest.hpp: for many queries at once, the row of a matrix with the largest inner product.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace lectern::word2vec {

// Rows are kept in panels of 16, so that a query block stays in registers while a panel streams
// through the first-level cache. Safe from any thread.
class NearestRows {
 public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    using Excluded = std::array<std::uint32_t, 3>;  // rows left out for one query, or `none`

    // rows: count x dimension, count and dimension at least 1.
    NearestRows(std::span<const float> rows, std::size_t dimension);

    // queries: n x dimension; excluded and out: n. out[i] is `none` when every row is excluded.
    // Ties go to the lower row.
    void find(std::span<const float> queries, std::span<const Excluded> excluded,
              std::span<std::uint32_t> out) const;

 private:
    std::size_t rows_;
    std::size_t dimension_;
    std::vector<float> panels_;  // panel, dimension, row in panel
};

}  // namespace lectern::word2vec
