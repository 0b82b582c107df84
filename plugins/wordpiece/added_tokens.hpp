// added_tokens.hpp: finds the added tokens ("[MASK]") in a text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "plugins/wordpiece/tokenizer_file.hpp"

namespace lectern::wordpiece {

// Immutable: any thread.
class AddedTokens {
 public:
    AddedTokens() = default;
    explicit AddedTokens(std::vector<AddedToken> tokens);

    [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }

    struct Match {
        std::int32_t id = 0;
        std::size_t begin = 0;  // with the white space that the token takes
        std::size_t end = 0;
    };

    // Goes over a text from left to right: the leftmost match, of several there the longest.
    class Search {
     public:
        Search(const AddedTokens& tokens, std::string_view text) noexcept
            : tokens_(tokens), text_(text) {}
        [[nodiscard]] std::optional<Match> next() noexcept;

     private:
        const AddedTokens& tokens_;
        std::string_view text_;
        std::size_t at_ = 0;     // where to look on
        std::size_t taken_ = 0;  // end of the last match
    };

 private:
    [[nodiscard]] std::size_t candidate(std::string_view text, std::size_t from) const noexcept;
    [[nodiscard]] const AddedToken* at(std::string_view text) const noexcept;

    std::vector<AddedToken> tokens_;  // longest first
    std::array<bool, 256> begins_{};  // bytes that a token begins with
    int only_byte_ = -1;              // the one byte that all begin with, or -1
};

}  // namespace lectern::wordpiece
