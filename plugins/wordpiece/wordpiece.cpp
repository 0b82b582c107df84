#include "plugins/wordpiece/wordpiece.hpp"

#include <algorithm>
#include <limits>

#include "lectern/plugin.hpp"
#include "plugins/wordpiece/characters.hpp"
#include "plugins/wordpiece/encoder.hpp"
#include "plugins/wordpiece/fingerprint.hpp"
#include "plugins/wordpiece/model.hpp"

namespace lectern::wordpiece {
namespace {

AsciiRule ascii_rule(int code, const Normalizer& normalizer) {
    AsciiRule rule;
    rule.lower = static_cast<char>(normalizer.lowercase ? lower_case(code).codes[0] : code);
    if (normalizer.clean_text && is_dropped(code))
        rule.kind = AsciiRule::dropped;
    else if (is_white_space(code))
        rule.kind = AsciiRule::space;
    else if (is_punctuation(code))
        rule.kind = AsciiRule::punctuation;
    if (rule.kind == AsciiRule::space && normalizer.clean_text) rule.lower = ' ';
    return rule;
}

}  // namespace

Model::Model(TokenizerFile file)
    : normalizer(file.normalizer),
      max_word_characters(file.max_word_characters),
      before(file.before),
      behind(file.behind),
      fingerprint(wordpiece::fingerprint(file)) {
    for (int code = 0; code < 128; ++code)
        ascii[static_cast<std::size_t>(code)] = ascii_rule(code, normalizer);

    whole = trie.add_root();
    continuing = trie.add_root();
    std::int32_t last = 0;
    for (const auto& [piece, id] : file.vocabulary) {
        trie.add(whole, piece, id);
        if (piece.size() > file.prefix.size() && piece.starts_with(file.prefix))
            trie.add(continuing, std::string_view(piece).substr(file.prefix.size()), id);
        last = std::max(last, id);
    }
    unknown = trie.find(whole, file.unknown);
    if (unknown == Trie::none)
        throw plugin::Failure(LECTERN_INVALID_ARGUMENT,
                              "the vocabulary has no entry \"" + file.unknown +
                                  "\", the unknown token; is the file complete?");

    std::vector<AddedToken> in_text;
    std::vector<AddedToken> in_normalized;
    for (AddedToken& token : file.added) {
        last = std::max(last, token.id);
        if (token.normalized) {
            token.content = Encoder::normalized(*this, token.content);
            in_normalized.push_back(std::move(token));
        } else {
            in_text.push_back(std::move(token));
        }
    }
    raw = AddedTokens(std::move(in_text));
    normalized = AddedTokens(std::move(in_normalized));
    vocabulary_size = static_cast<std::size_t>(last) + 1;
}

WordPiece::WordPiece(std::unique_ptr<const Model> model) noexcept : model_(std::move(model)) {}
WordPiece::WordPiece(WordPiece&&) noexcept = default;
WordPiece& WordPiece::operator=(WordPiece&&) noexcept = default;
WordPiece::~WordPiece() = default;

WordPiece WordPiece::load(const std::string& folder) {
    return WordPiece(std::make_unique<const Model>(read_folder(folder)));
}

WordPiece WordPiece::parse(std::string_view tokenizer_json, std::string_view name) {
    return WordPiece(std::make_unique<const Model>(read_tokenizer_json(tokenizer_json, name)));
}

WordPiece WordPiece::parse_vocabulary(std::string_view vocab_txt,
                                      std::string_view tokenizer_config_json,
                                      std::string_view name) {
    return WordPiece(
        std::make_unique<const Model>(read_vocabulary(vocab_txt, tokenizer_config_json, name)));
}

void WordPiece::encode(std::string_view text, bool add_special, std::size_t max_tokens,
                       Encoding& out) const {
    constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max() / 2;
    const std::size_t limit = max_tokens == 0 ? unlimited : max_tokens;
    out.ids.clear();
    out.ranges.clear();
    const std::size_t special = add_special ? special_tokens() : 0;
    if (add_special)
        for (const std::int32_t id : model_->before) {
            out.ids.push_back(id);
            out.ranges.push_back({0, 0});
        }
    if (limit > special) Encoder(*model_, text, limit - special, out).run();
    if (add_special)
        for (const std::int32_t id : model_->behind) {
            out.ids.push_back(id);
            out.ranges.push_back({text.size(), text.size()});
        }
    if (out.ids.size() > limit) {  // room for not even the special tokens
        out.ids.resize(limit);
        out.ranges.resize(limit);
    }
}

const std::string& WordPiece::fingerprint() const noexcept {
    return model_->fingerprint;
}

std::size_t WordPiece::vocabulary_size() const noexcept {
    return model_->vocabulary_size;
}

std::size_t WordPiece::special_tokens() const noexcept {
    return model_->before.size() + model_->behind.size();
}

std::optional<std::int32_t> WordPiece::id_of(std::string_view token) const {
    const std::int32_t id = model_->trie.find(model_->whole, token);
    if (id == Trie::none) return std::nullopt;
    return id;
}

}  // namespace lectern::wordpiece
