// translate/vocabulary.hpp: words to tokens and back (SentencePiece).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::translate {

// Any thread.
class Vocabulary {
 public:
    // Throws shared::Failure (LECTERN_CORRUPT) when the bytes are no SentencePiece model.
    Vocabulary(std::span<const std::byte> file, const std::string& name);
    ~Vocabulary();
    Vocabulary(Vocabulary&& other) noexcept;
    Vocabulary& operator=(Vocabulary&& other) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t end_of_sentence() const noexcept { return end_; }
    // Stands for what the vocabulary has not.
    [[nodiscard]] std::uint32_t unknown() const noexcept { return unknown_; }

    // Without the end of sentence.
    [[nodiscard]] std::vector<std::uint32_t> encode(std::string_view text) const;
    [[nodiscard]] std::string decode(std::span<const std::uint32_t> tokens) const;
    // Whether a token begins a word.
    [[nodiscard]] bool begins_word(std::uint32_t token) const;
    // Whether a token ends with one of these characters.
    [[nodiscard]] bool ends_with(std::uint32_t token, std::string_view characters) const;

 private:
    struct Model;
    std::unique_ptr<Model> model_;
    std::size_t size_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t unknown_ = 0;
};

}  // namespace lectern::translate
