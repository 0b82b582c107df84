// The custom stage "translate": documents, questions and answers in another language.
#include <boost/json.hpp>
#include <string>
#include <utility>

#include "lectern/plugin.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/translate/languages.hpp"
#include "plugins/translate/translator.hpp"

namespace {

namespace plugin = lectern::plugin;
using lectern::translate::Translated;
using lectern::translate::Translator;
using lectern::translate::TranslatorOptions;

TranslatorOptions options_of(const plugin::Config& config) {
    TranslatorOptions out;
    out.model = config.path("model");
    out.beam = static_cast<std::uint32_t>(config.integer("beam").value_or(0));
    out.shortlist = config.boolean("shortlist").value_or(true);
    out.max_tokens = static_cast<std::uint32_t>(
        config.integer("max_tokens").value_or(std::int64_t{out.max_tokens}));
    out.threads = config.host().threads();
    return out;
}

class Translate : public plugin::Custom {
 public:
    explicit Translate(const plugin::Config& config)
        : translator_(options_of(config)),
          from_(config.string("from").value_or(translator_.model().from)),
          to_(config.string("to").value_or(translator_.model().to)),
          detect_(config.boolean("detect").value_or(true)),
          keep_original_(config.boolean("keep_original").value_or(true)) {}

    void process(const plugin::Call& call, const plugin::Document& record,
                 const plugin::DocumentSink& sink) const override {
        call.check();
        if (detect_ && !lectern::translate::is_to_be_translated(record.text, from_, to_)) {
            sink.document(record);
            return;
        }
        const auto check = [&call] { call.check(); };
        const Translated text = translator_.translate(record.text, check);
        const Translated title =
            record.title.empty() ? Translated{} : translator_.translate(record.title, check);
        // A question or an answer has no id.
        const bool beside = !record.id.empty() && keep_original_;
        const std::string id =
            beside ? std::string(record.id) + "#" + (to_.empty() ? "translation" : to_)
                   : std::string(record.id);
        const std::string metadata = metadata_of(record, text, beside);
        if (beside) sink.document(record);
        sink.document({id, title.text, text.text, metadata});
    }

 private:
    // The document's own, and what it is a translation of.
    [[nodiscard]] std::string metadata_of(const plugin::Document& record, const Translated& text,
                                          bool beside) const {
        boost::json::object out;
        if (!record.metadata.empty()) {
            boost::system::error_code error;
            if (auto value = boost::json::parse(record.metadata, error);
                !error && value.is_object())
                out = std::move(value.get_object());
        }
        boost::json::object translation;
        if (beside) {
            translation["of"] = record.id;
            translation["name"] = lectern::text::text_name(record.text);
        }
        if (!from_.empty()) translation["from"] = from_;
        if (!to_.empty()) translation["to"] = to_;
        translation["sentences"] = lectern::text::write_sentence_map(text.sentences);
        out["translation"] = std::move(translation);
        return boost::json::serialize(out);
    }

    Translator translator_;
    std::string from_;
    std::string to_;
    bool detect_;
    bool keep_original_;
};

constexpr const char* options_schema = R"({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "A folder with a Marian model as Firefox has them: model.*.bin, vocab.*.spm, lex.*.bin"},
    "from": {"type": "string",
      "description": "The language of the texts, as \"pt\"; without it, as the model's file is named"},
    "to": {"type": "string",
      "description": "The language of the translations; without it, as the model's file is named"},
    "detect": {"type": "boolean", "default": true,
      "description": "Leave texts as they are that are in the language of the translations, or in a third one"},
    "keep_original": {"type": "boolean", "default": true,
      "description": "At ingest: store the translation beside the document, which is cited; false: in its place"},
    "beam": {"type": "integer", "minimum": 0, "maximum": 64, "default": 0,
      "description": "Translations of a sentence that are tried at once; 1: greedy; 0: as the model's settings say"},
    "shortlist": {"type": "boolean", "default": true,
      "description": "Write with the words that the model's shortlist has for a sentence, where there is one"},
    "max_tokens": {"type": "integer", "minimum": 8, "maximum": 2000, "default": 128,
      "description": "Longer sentences are cut, at a comma or between words"}
  }
})";

}  // namespace

LECTERN_PLUGIN("translate", "1.0.0", "Translation by Marian models, as Firefox has them",
               "Apache-2.0",
               plugin::stage<Translate>("translate",
                                        "Documents, questions and answers in another language",
                                        options_schema))
