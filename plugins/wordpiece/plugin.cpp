// The plugin `wordpiece`: text to the tokens of a BERT model.
#include "lectern/plugin.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::wordpiece {
namespace {

constexpr const char* options = R"({
  "type": "object",
  "properties": {
    "model": {
      "type": "string",
      "description": "Hugging Face folder with tokenizer.json, or vocab.txt and tokenizer_config.json"
    }
  },
  "required": ["model"]
})";

class WordPieceStage : public plugin::Tokenizer {
 public:
    explicit WordPieceStage(const plugin::Config& config)
        : tokenizer_(WordPiece::load(config.path("model"))) {}

    [[nodiscard]] std::string fingerprint() const override { return tokenizer_.fingerprint(); }

    void tokenize(const plugin::Call& call, const lectern_text* texts, std::uint64_t count,
                  bool add_special, std::uint32_t max_tokens,
                  const plugin::TokenSink& sink) const override {
        Encoding encoding;
        plugin::Tokens tokens;
        for (std::uint64_t i = 0; i < count; ++i) {
            call.check();
            tokenizer_.encode(plugin::view(texts[i]), add_special, max_tokens, encoding);
            tokens.ids.swap(encoding.ids);
            tokens.ranges.swap(encoding.ranges);
            sink.tokens(i, tokens);
        }
    }

 private:
    WordPiece tokenizer_;
};

}  // namespace
}  // namespace lectern::wordpiece

LECTERN_PLUGIN("wordpiece", "1.0.0", "The tokenizer of BERT models, from a Hugging Face folder",
               "Apache-2.0",
               lectern::plugin::stage<lectern::wordpiece::WordPieceStage>(
                   "wordpiece", "Cuts text into WordPiece tokens of a model's vocabulary",
                   lectern::wordpiece::options))
