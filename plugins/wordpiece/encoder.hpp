// encoder.hpp: one text on its way to tokens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/wordpiece/characters.hpp"
#include "plugins/wordpiece/model.hpp"

namespace lectern::wordpiece {

// Reads the text once, from left to right: looks for added tokens, normalises character by
// character, gathers words, and cuts each word into pieces as soon as it ends. Memory: one word,
// unless added tokens are looked for in the normalised text. One encoder serves one text.
class Encoder {
 public:
    // Appends to `out` at most `limit` tokens, without the special tokens around the text.
    Encoder(const Model& model, std::string_view text, std::size_t limit, Encoding& out)
        : model_(model), text_(text), end_size_(out.ids.size() + limit), out_(out) {}

    void run();

    // The text as added tokens are looked for in it.
    [[nodiscard]] static std::string normalized(const Model& model, std::string_view text);

 private:
    // Bytes of the text.
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    // A word of the normalised text. Each normalised byte knows the bytes it came from: those at
    // the same distance from `origin` while the word is `plain` (ASCII), otherwise `from`.
    struct Word {
        std::string bytes;
        std::vector<Range> from;
        std::size_t origin = 0;
        std::size_t last_end = 0;
        std::size_t characters = 0;
        bool plain = true;
    };

    [[nodiscard]] bool full() const noexcept { return out_.ids.size() >= end_size_; }
    void token(std::int32_t id, Range range);

    // A stretch without raw added tokens.
    void stretch(std::size_t begin, std::size_t end);
    void normalized_stretch(std::size_t begin, std::size_t end);
    // Normalises text_[begin,end).
    void characters(std::size_t begin, std::size_t end);
    std::size_t ascii_run(std::size_t begin, std::size_t end);
    void wide_character(CodePoint code, Range range);
    // Takes one normalised character.
    void give(CodePoint code, Range range);
    void to_word(CodePoint code, Range range);

    void append_ascii(std::size_t begin, std::size_t end);
    void append(CodePoint code, Range range);
    void end_word();
    void cut_word();
    [[nodiscard]] Range range_of(std::size_t begin, std::size_t end) const noexcept;

    const Model& model_;
    std::string_view text_;
    std::size_t end_size_;
    Encoding& out_;
    Word word_;
    struct Normal {
        CodePoint code = 0;
        Range range;
    };
    // While it is set, normalised characters go there and not into words.
    std::vector<Normal>* kept_ = nullptr;
};

}  // namespace lectern::wordpiece
