#include "index/metadata/column.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace lectern::filter {
namespace {

std::size_t hash_of(std::span<const Value> values) {
    std::size_t out = values.size();
    for (const Value& value : values) {
        const std::size_t one = std::hash<std::string>{}(value.text) ^
                                ((std::hash<double>{}(value.number.nearest) +
                                  static_cast<std::uint64_t>(value.number.rest))
                                 << 1U) ^
                                std::size_t(value.kind);
        out = out * 0x9E3779B97F4A7C15U + one;
    }
    return out;
}

}  // namespace

void Column::add(std::uint32_t row, std::vector<Value> values) {
    for (const Value& value : values) ++kinds_[std::size_t(value.kind)];
    const std::size_t hash = hash_of(values);
    const auto [begin, end] = by_hash_.equal_range(hash);
    const auto known = std::find_if(begin, end, [&](const auto& item) {
        const auto other = cell(item.second);
        return std::equal(other.begin(), other.end(), values.begin(), values.end());
    });
    rows_.push_back(row);
    if (known != end) {
        codes_.push_back(known->second);
        return;
    }
    const auto code = static_cast<std::uint32_t>(cells());
    std::move(values.begin(), values.end(), std::back_inserter(values_));
    starts_.push_back(static_cast<std::uint32_t>(values_.size()));
    by_hash_.emplace(hash, code);
    codes_.push_back(code);
}

void Column::select(const std::function<bool(const Value&)>& matches,
                    std::vector<std::uint8_t>& passes) const {
    std::vector<std::uint8_t> cell_passes(cells());
    for (std::uint32_t code = 0; code < cells(); ++code) {
        const auto values = cell(code);
        cell_passes[code] = std::any_of(values.begin(), values.end(), matches) ? 1 : 0;
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) passes[rows_[i]] = cell_passes[codes_[i]];
}

void Column::count(
    const std::vector<std::uint8_t>& selected,
    const std::function<void(std::span<const Value>, std::uint64_t rows)>& visit) const {
    std::vector<std::uint64_t> counts(cells());
    for (std::size_t i = 0; i < rows_.size(); ++i) counts[codes_[i]] += selected[rows_[i]];
    for (std::uint32_t code = 0; code < cells(); ++code)
        if (counts[code] > 0) visit(cell(code), counts[code]);
}

std::span<const Value> Column::at(std::uint32_t row) const {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), row);
    if (found == rows_.end() || *found != row) return {};
    return cell(codes_[static_cast<std::size_t>(found - rows_.begin())]);
}

}  // namespace lectern::filter
