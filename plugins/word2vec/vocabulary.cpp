#include "plugins/word2vec/vocabulary.hpp"

#include <bit>
#include <functional>

namespace lectern::word2vec {

void Vocabulary::reserve(std::size_t words) {
    ends_.reserve(words);
    counts_.reserve(words);
    rehash(std::bit_ceil(words * 2 + 2));
}

std::string_view Vocabulary::word(std::uint32_t id) const noexcept {
    const std::uint64_t begin = id == 0 ? 0 : ends_[id - 1];
    return std::string_view(text_).substr(begin, ends_[id] - begin);
}

std::size_t Vocabulary::slot(std::string_view word) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = std::hash<std::string_view>{}(word)&mask;
    while (slots_[at] != empty && this->word(slots_[at]) != word) at = (at + 1) & mask;
    return at;
}

void Vocabulary::rehash(std::size_t slots) {
    if (slots <= slots_.size()) return;
    const std::vector<std::uint32_t> old = std::move(slots_);
    slots_.assign(slots, empty);
    for (const std::uint32_t id : old)
        if (id != empty) slots_[slot(word(id))] = id;
}

void Vocabulary::add(std::string_view word, std::uint64_t count) {
    rehash(std::bit_ceil(size() * 2 + 4));
    const auto id = static_cast<std::uint32_t>(size());
    const std::size_t at = slot(word);
    text_.append(word);
    ends_.push_back(text_.size());
    counts_.push_back(count);
    if (slots_[at] == empty) slots_[at] = id;
    if (word == end_of_line) {
        if (!end_of_line_id_) end_of_line_id_ = id;
        return;
    }
    total_ += count;
    const auto rank = static_cast<double>(id + 1 - (end_of_line_id_ ? 1 : 0));
    harmonic_ += 1.0 / rank;
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view word) const noexcept {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t id = slots_[slot(word)];
    if (id == empty) return std::nullopt;
    return id;
}

double Vocabulary::probability(std::uint32_t id) const noexcept {
    if (id == end_of_line_id_) return 0;
    if (total_ > 0) return static_cast<double>(counts_[id]) / static_cast<double>(total_);
    const bool after = end_of_line_id_ && *end_of_line_id_ < id;
    return 1.0 / (static_cast<double>(id + (after ? 0 : 1)) * harmonic_);
}

}  // namespace lectern::word2vec
