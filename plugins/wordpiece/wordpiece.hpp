// wordpiece.hpp: the tokenizer of BERT (Schuster and Nakajima 2012, Devlin et al. 2019), from a
// Hugging Face folder and token for token equal to Hugging Face's `tokenizers`. Byte ranges are
// equal too, but for rare marks (U+302E) that canonical order moves before an accent that is
// stripped: there `tokenizers` points at the accent, and this at the mark.
//
// Functions fail by throwing lectern::plugin::Failure. A loaded WordPiece does not change: all of
// its functions are safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.h"

namespace lectern::wordpiece {

struct Encoding {
    std::vector<std::int32_t> ids;
    std::vector<lectern_range> ranges;  // bytes into the text; empty for added special tokens
};

struct Model;  // model.hpp

class WordPiece {
 public:
    // From a folder with tokenizer.json, or else with vocab.txt and, where present,
    // tokenizer_config.json.
    [[nodiscard]] static WordPiece load(const std::string& folder);
    // From the content of a tokenizer.json. `name` stands in messages.
    [[nodiscard]] static WordPiece parse(std::string_view tokenizer_json,
                                         std::string_view name = "tokenizer.json");
    // From the content of a vocab.txt and of a tokenizer_config.json ("" for none).
    [[nodiscard]] static WordPiece parse_vocabulary(std::string_view vocab_txt,
                                                    std::string_view tokenizer_config_json,
                                                    std::string_view name = "vocab.txt");

    WordPiece(WordPiece&&) noexcept;
    WordPiece& operator=(WordPiece&&) noexcept;
    ~WordPiece();

    // Replaces `out` by the tokens of `text`. max_tokens: 0 for no limit, otherwise the most
    // tokens, special tokens included; the text's last tokens are left out. Bytes that are not
    // UTF-8 count as U+FFFD.
    void encode(std::string_view text, bool add_special, std::size_t max_tokens,
                Encoding& out) const;

    // "wordpiece:" and 32 hexadecimal digits: equal for two tokenizers with equal vocabularies and
    // rules, whichever files they came from.
    [[nodiscard]] const std::string& fingerprint() const noexcept;
    // One more than the largest id.
    [[nodiscard]] std::size_t vocabulary_size() const noexcept;
    // Tokens that add_special adds: 2 for [CLS] and [SEP].
    [[nodiscard]] std::size_t special_tokens() const noexcept;
    [[nodiscard]] std::optional<std::int32_t> id_of(std::string_view token) const;

 private:
    explicit WordPiece(std::unique_ptr<const Model> model) noexcept;
    std::unique_ptr<const Model> model_;
};

}  // namespace lectern::wordpiece
