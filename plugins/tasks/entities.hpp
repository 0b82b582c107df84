// tasks/entities.hpp: labels of tokens to named things.
//
// Labels are in the form of Ramshaw and Marcus, "Text Chunking using Transformation-Based Learning"
// (1995): "B-PER" begins a person's name, "I-PER" goes on with it, "O" is outside. Labels without
// such a prefix go on as long as they are equal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.h"

namespace lectern::tasks {

struct TokenLabel {
    std::size_t label = 0;
    float score = 0;
};

struct Entity {
    std::string type;       // "PER"
    std::size_t begin = 0;  // bytes of the text
    std::size_t end = 0;
    float score = 0;  // of its weakest token
};

// `ranges` and `tokens` are of one text. A token that goes on with the word of the one before (a
// piece of WordPiece) belongs to what that one belongs to.
[[nodiscard]] std::vector<Entity> entities(std::string_view text,
                                           const std::vector<lectern_range>& ranges,
                                           const std::vector<TokenLabel>& tokens,
                                           const std::vector<std::string>& labels);

}  // namespace lectern::tasks
