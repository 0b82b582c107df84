// tasks/word_ids.hpp: text as the word ids of a network that was trained with a list of words.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/tasks/text_pairs.hpp"

namespace lectern::tasks {

// Safe from any thread.
class WordIds {
 public:
    // A UTF-8 file: one word a line, its id the line's number from 0, or "word<TAB>id". A line of
    // "<unk>", "[UNK]" or "<UNK>" gives the id of words that are not listed; without it they are
    // left out. "<pad>", "[PAD]" or "<PAD>" gives the padding; without it that is 0.
    // Throws Failure with the line.
    explicit WordIds(const std::filesystem::path& file);

    // Words by Unicode's rules. A word is looked up as it is written, then in folded case.
    [[nodiscard]] Tokens tokens(std::string_view text) const;
    [[nodiscard]] std::int32_t padding() const noexcept { return padding_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
    std::unordered_map<std::string, std::int32_t> ids_;
    std::optional<std::int32_t> unknown_;
    std::int32_t padding_ = 0;
    std::uint64_t size_ = 0;  // one more than the largest id
};

}  // namespace lectern::tasks
