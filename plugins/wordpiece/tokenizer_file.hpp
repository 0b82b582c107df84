// tokenizer_file.hpp: what a Hugging Face folder says about its WordPiece tokenizer.
// Format: https://huggingface.co/docs/tokenizers (tokenizer.json version 1.0), BERT's vocab.txt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lectern::wordpiece {

// A token that is looked for in the text before the text is taken apart.
struct AddedToken {
    std::string content;
    std::int32_t id = 0;
    bool normalized = false;   // looked for after normalisation
    bool lstrip = false;       // takes the white space before it
    bool rstrip = false;       // takes the white space behind it
    bool single_word = false;  // only between two characters that are not of a word
};

// BERT's normaliser. All false: none.
struct Normalizer {
    bool clean_text = true;            // drops control characters
    bool handle_chinese_chars = true;  // an ideograph is a word
    bool strip_accents = true;
    bool lowercase = true;
};

struct TokenizerFile {
    std::vector<std::pair<std::string, std::int32_t>> vocabulary;  // ids are not negative
    std::vector<AddedToken> added;
    Normalizer normalizer;
    std::string unknown = "[UNK]";
    std::string prefix = "##";  // of a piece that continues a word
    std::size_t max_word_characters = 100;
    // Special tokens before and behind a text.
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> behind;
};

// Throw lectern::plugin::Failure; `name` is the file, for messages.
[[nodiscard]] TokenizerFile read_folder(const std::string& folder);
[[nodiscard]] TokenizerFile read_tokenizer_json(std::string_view json, std::string_view name);
[[nodiscard]] TokenizerFile read_vocabulary(std::string_view vocab_txt, std::string_view config,
                                            std::string_view name);

}  // namespace lectern::wordpiece
