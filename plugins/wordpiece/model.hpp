// model.hpp: a tokenizer that is ready to run. Immutable: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/wordpiece/added_tokens.hpp"
#include "plugins/wordpiece/tokenizer_file.hpp"
#include "plugins/wordpiece/trie.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::wordpiece {

// What normalisation and the split into words make of an ASCII character.
struct AsciiRule {
    enum Kind : unsigned char { letter, space, punctuation, dropped };
    Kind kind = letter;
    char lower = 0;  // the character, in lower case when the normaliser says so
};

struct Model {
    explicit Model(TokenizerFile file);

    Normalizer normalizer;
    std::array<AsciiRule, 128> ascii;
    Trie trie;
    Trie::Node whole = 0;       // root of pieces that begin a word
    Trie::Node continuing = 0;  // root of pieces that continue one, without the prefix
    std::int32_t unknown = 0;
    std::size_t max_word_characters = 0;
    AddedTokens raw;         // looked for in the text
    AddedTokens normalized;  // looked for in the normalised text
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> behind;
    std::size_t vocabulary_size = 0;
    std::string fingerprint;
};

}  // namespace lectern::wordpiece
