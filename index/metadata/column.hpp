// index/metadata/column.hpp: the values of one field over all rows.
//
// A row's values (its cell) are kept once however many rows have them, so a condition is decided
// once for each different cell and then looked up: a million rows of few values take about a
// millisecond. Rows without the field cost nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "index/metadata/value.hpp"

namespace lectern::filter {

class Column {
 public:
    // `row` is larger than all before. `values` is not empty.
    void add(std::uint32_t row, std::vector<Value> values);

    // Sets passes[row] to 1 for the rows with a value that `matches`.
    void select(const std::function<bool(const Value&)>& matches,
                std::vector<std::uint8_t>& passes) const;

    // Each different cell with the number of rows in `selected` that have it.
    void count(const std::vector<std::uint8_t>& selected,
               const std::function<void(std::span<const Value>, std::uint64_t rows)>& visit) const;

    // The cell of a row; empty when it has none.
    [[nodiscard]] std::span<const Value> at(std::uint32_t row) const;
    // How many values of that kind were added.
    [[nodiscard]] std::uint64_t count(Kind kind) const { return kinds_[std::size_t(kind)]; }

 private:
    [[nodiscard]] std::span<const Value> cell(std::uint32_t code) const {
        return {values_.data() + starts_[code], values_.data() + starts_[code + 1]};
    }
    [[nodiscard]] std::size_t cells() const { return starts_.size() - 1; }

    // Row by row, ascending, and the cell that each has.
    std::vector<std::uint32_t> rows_;
    std::vector<std::uint32_t> codes_;
    // Cell c has the values [starts_[c], starts_[c + 1]).
    std::vector<Value> values_;
    std::vector<std::uint32_t> starts_{0};
    std::unordered_multimap<std::size_t, std::uint32_t> by_hash_;
    std::array<std::uint64_t, 4> kinds_{};
};

}  // namespace lectern::filter
