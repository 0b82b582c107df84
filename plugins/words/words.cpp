// The plugin `words`: text to the words of its language, for word vectors and lexical search.
// Rules: Unicode Standard Annex 29 with ICU's dictionaries, which split Chinese, Japanese and Thai.
#include "lectern/plugin.hpp"
#include "text/text.hpp"

namespace lectern::words {
namespace {

constexpr const char* options = R"json({
  "type": "object",
  "properties": {
    "fold": {
      "type": "boolean",
      "default": true,
      "description": "Case and compatibility forms do not matter (NFKC, case folding)"
    },
    "numbers": {
      "type": "boolean",
      "default": true,
      "description": "Keep words that begin with a digit"
    }
  }
})json";

class Words : public plugin::Tokenizer {
 public:
    explicit Words(const plugin::Config& config)
        : fold_(config.boolean("fold").value_or(true)),
          numbers_(config.boolean("numbers").value_or(true)) {}

    [[nodiscard]] std::string fingerprint() const override {
        return std::string("words:1:") + (fold_ ? "folded" : "exact") +
               (numbers_ ? "" : ",no-numbers");
    }

    // Words have no special tokens, so add_special changes nothing.
    void tokenize(const plugin::Call& call, const lectern_text* texts, std::uint64_t count,
                  bool /*add_special*/, std::uint32_t max_tokens,
                  const plugin::TokenSink& sink) const override {
        plugin::Tokens tokens;
        for (std::uint64_t i = 0; i < count; ++i) {
            call.check();
            const std::string_view text = plugin::view(texts[i]);
            const std::vector<text::Word> words = text::words(text);
            tokens.clear();
            for (const text::Word& word : words) {
                if (word.number && !numbers_) continue;
                if (max_tokens != 0 && tokens.ranges.size() == max_tokens) break;
                const auto [begin, end] = word.range;
                tokens.ranges.push_back({begin, end});
                tokens.words.push_back(plugin::text(fold_ ? std::string_view(word.folded)
                                                          : text.substr(begin, end - begin)));
            }
            sink.tokens(i, tokens);
        }
    }

 private:
    bool fold_;
    bool numbers_;
};

}  // namespace
}  // namespace lectern::words

LECTERN_PLUGIN("words", "1.0.0", "Words of any language, by the rules of Unicode", "Apache-2.0",
               lectern::plugin::stage<lectern::words::Words>(
                   "words", "Cuts text into words; splits Chinese, Japanese and Thai",
                   lectern::words::options))
