#include "index/vector/equal_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <span>
#include <string_view>

namespace lectern::index {
namespace {

// Of the row's length. More than a step of 8 bits in most places, and a cosine of .999.
constexpr float distance = 0.05f;

// At a right angle to the row, so that no row that was laid aside is near to all others.
void move(std::span<float> row, std::size_t seed) {
    std::minstd_rand random(static_cast<std::minstd_rand::result_type>(seed % 2147483646 + 1));
    std::normal_distribution<float> normal;
    std::vector<float> way(row.size());
    for (float& value : way) value = normal(random);
    float length = 0;
    float along = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        length += row[i] * row[i];
        along += row[i] * way[i];
    }
    if (length == 0) return;
    float aside = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        way[i] -= along / length * row[i];
        aside += way[i] * way[i];
    }
    if (aside == 0) return;
    const float scale = distance * std::sqrt(length / aside);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] += scale * way[i];
}

std::size_t hash(const std::uint8_t* code, std::size_t size) {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(code), size});
}

}  // namespace

EqualRows::EqualRows(faiss::IndexFlatCodes& storage)
    : storage_(storage), next_(static_cast<std::size_t>(storage.ntotal)) {
    known_.reserve(next_);
    for (std::size_t row = 0; row < next_; ++row)
        known_.insert(hash(storage.codes.data() + row * storage.code_size, storage.code_size));
}

const float* EqualRows::lay_aside(const float* rows, std::size_t count) {
    const auto dimension = static_cast<std::size_t>(storage_.d);
    std::vector<std::uint8_t> codes(count * storage_.code_size);
    storage_.sa_encode(static_cast<faiss::idx_t>(count), rows, codes.data());
    rows_.assign(rows, rows + count * dimension);
    for (std::size_t i = 0; i < count; ++i, ++next_) {
        const std::uint8_t* code = codes.data() + i * storage_.code_size;
        if (known_.insert(hash(code, storage_.code_size)).second) continue;
        move(std::span(rows_).subspan(i * dimension, dimension), next_);
        aside_.push_back({next_, {code, code + storage_.code_size}});
    }
    return rows_.data();
}

void EqualRows::put_back() {
    for (const Aside& one : aside_)
        std::memcpy(storage_.codes.data() + one.row * storage_.code_size, one.code.data(),
                    storage_.code_size);
    aside_.clear();
}

}  // namespace lectern::index
