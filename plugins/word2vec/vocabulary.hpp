// vocabulary.hpp: the words of a model with their row numbers and counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::word2vec {

// A file that claims longer vectors is damaged.
inline constexpr std::uint64_t most_dimensions = 1U << 16U;

// Ids are 0, 1, 2 … in the order of add(), which model files sort by falling count. Words lie in
// one block of memory. Safe from any thread once filled.
class Vocabulary {
 public:
    static constexpr std::string_view end_of_line = "</s>";

    void reserve(std::size_t words);
    // A word that is there already keeps its first id; the new id then names no word in find().
    void add(std::string_view word, std::uint64_t count);

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] std::string_view word(std::uint32_t id) const noexcept;
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view word) const noexcept;

    // How likely the word is in running text, 0 to 1, end-of-line marks left out. From the counts;
    // when the file had none, by rank after Zipf: 1 / (rank * (1 + 1/2 + … + 1/size)).
    [[nodiscard]] double probability(std::uint32_t id) const noexcept;
    [[nodiscard]] bool has_counts() const noexcept { return total_ > 0; }

 private:
    static constexpr std::uint32_t empty = 0xFFFFFFFF;
    [[nodiscard]] std::size_t slot(std::string_view word) const noexcept;
    void rehash(std::size_t slots);

    std::string text_;
    std::vector<std::uint64_t> ends_;  // of word i in text_
    std::vector<std::uint64_t> counts_;
    std::vector<std::uint32_t> slots_;  // open addressing, a power of two, at most half full
    std::uint64_t total_ = 0;
    double harmonic_ = 0;
    std::optional<std::uint32_t> end_of_line_id_;
};

}  // namespace lectern::word2vec
