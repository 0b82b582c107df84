// The plugin `word2vec`: the embedder `word2vec` and the trainer `trainer`.
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <string>

#include "lectern/plugin.hpp"
#include "plugins/shared/file_hash.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/word2vec/analogies.hpp"
#include "plugins/word2vec/common_component.hpp"
#include "plugins/word2vec/failure.hpp"
#include "plugins/word2vec/model_hash.hpp"
#include "plugins/word2vec/passages.hpp"
#include "plugins/word2vec/training.hpp"
#include "plugins/word2vec/word_vectors.hpp"

namespace lectern::word2vec {
namespace {

namespace json = boost::json;

// ------------------------------------------------------------------- embedder

constexpr const char* embedder_options = R"schema({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "Word vectors: a fastText .bin file, or a word2vec text or binary file"},
    "passages": {"type": "string", "enum": ["sif", "mean"], "default": "sif",
      "description": "How words make a passage: weighted by rarity (SIF), or their mean"},
    "sif_a": {"type": "number", "minimum": 1e-9, "maximum": 1, "default": 0.001,
      "description": "SIF weight of a word: sif_a / (sif_a + its probability)"},
    "remove_common": {"type": "boolean",
      "description": "Take out the direction that all passages share, kept in MODEL.sif since training. Unset: when that file is there"}
  }
})schema";

class WordEmbedder : public plugin::Embedder {
 public:
    explicit WordEmbedder(const plugin::Config& config)
        : path_(config.path("model")),
          model_(WordVectors::open(path_)),
          passages_(configure(config)) {}

    [[nodiscard]] const plugin::EmbedderInfo& info() const override { return info_; }

    void embed(const plugin::Call& call, const lectern_tokens* sequences, std::uint64_t count,
               std::uint32_t /*purpose*/, float* out) const override {
        constexpr std::uint64_t between_checks = 64;
        const std::size_t dimension = model_.dimension();
        std::vector<std::string_view> words;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (i % between_checks == 0) call.check();
            const lectern_tokens& tokens = sequences[i];
            if (tokens.count > 0 && tokens.words == nullptr)
                invalid(
                    "word2vec needs a tokenizer that gives words: put the stage 'words' before "
                    "it");
            words.clear();
            for (std::uint64_t k = 0; k < tokens.count; ++k)
                words.push_back(plugin::view(tokens.words[k]));
            const std::span<float> vector(out + i * dimension, dimension);
            switch (passages_.embed(words, vector)) {
                case PassageVectors::Outcome::embedded: break;
                case PassageVectors::Outcome::no_known_word:
                    call.item_error(i, LECTERN_INVALID_ARGUMENT, unknown(words));
                    break;
                case PassageVectors::Outcome::no_direction:
                    call.item_error(i, LECTERN_INVALID_ARGUMENT,
                                    "the words' vectors cancel each other out, or hold a value "
                                    "that is no number");
                    break;
            }
        }
    }

 private:
    PassageVectors configure(const plugin::Config& config) {
        const bool sif = config.string("passages").value_or("sif") == "sif";
        const double a = config.number("sif_a").value_or(1e-3);
        if (!(a > 0)) invalid("the option 'sif_a' must be above 0");
        const auto remove = config.boolean("remove_common");
        if (!sif && remove.value_or(false))
            invalid("the option 'remove_common' needs 'passages: sif'");

        const std::uint64_t hash = hash_file(path_);
        std::vector<float> common;
        if (sif && remove.value_or(true)) {
            auto component = load_component(path_, hash, model_.dimension());
            if (component) {
                common = std::move(component->direction);
            } else if (remove) {
                throw Failure(LECTERN_NOT_FOUND,
                              "'remove_common' is set, but there is no '" + component_path(path_) +
                                  "': training writes it; unset the option or train the model");
            } else {
                config.host().log(LECTERN_LOG_INFO, "'" + component_path(path_) +
                                                        "' is not there: passages keep their "
                                                        "common component");
            }
        }

        info_.dimension = model_.dimension();
        info_.max_tokens = 0;
        info_.batch_tokens = 1U << 16U;
        info_.precision = "f32";
        info_.concurrency = std::max(1U, config.host().threads());
        info_.fingerprint = "word2vec:" + shared::hexadecimal(hash);
        // Whole words, folded as the model's were or not; pieces of words mean nothing to it.
        info_.tokens_fingerprint = "words:";
        if (sif) {
            char number[32];
            std::snprintf(number, sizeof number, "%.9g", a);
            info_.fingerprint += std::string(":sif:") + number + (common.empty() ? "" : ":common");
        } else {
            info_.fingerprint += ":mean";
        }
        return PassageVectors(model_, sif ? Weighting::sif : Weighting::mean, a, std::move(common));
    }

    [[nodiscard]] std::string unknown(const std::vector<std::string_view>& words) const {
        if (words.empty()) return "there is no word to embed";
        constexpr std::size_t shown = 5;
        std::string out = "the model knows none of the " + std::to_string(words.size()) + " words:";
        for (std::size_t i = 0; i < std::min(shown, words.size()); ++i)
            out.append(" ").append(words[i]);
        return out + (words.size() > shown ? " …" : "");
    }

    std::string path_;
    WordVectors model_;
    plugin::EmbedderInfo info_;
    PassageVectors passages_;  // last: configure() fills info_
};

// -------------------------------------------------------------------- trainer

constexpr const char* trainer_options = R"schema({
  "type": "object",
  "properties": {
    "mode": {"type": "string", "enum": ["cbow", "skipgram"], "default": "skipgram",
      "description": "Predict a word from its context, or the context from the word"},
    "ngrams": {"type": "string", "default": "0",
      "description": "Character n-grams, MIN-MAX such as 3-6: unknown and misspelt words get vectors; 0: none"},
    "dim": {"type": "integer", "minimum": 1, "maximum": 2000, "default": 100,
      "description": "Dimension of the vectors"},
    "epochs": {"type": "integer", "minimum": 1, "maximum": 10000,
      "description": "Passes over the text. Unset: 5, and up to 100 for little text"},
    "window": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5,
      "description": "Words of context on each side, at most"},
    "min_count": {"type": "integer", "minimum": 1, "maximum": 1000000,
      "description": "Rarer words get no vector. Unset: 5; 2 below a million words of text, 1 below 5,000"},
    "negatives": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5,
      "description": "Random words that each word is told apart from"},
    "learning_rate": {"type": "number", "minimum": 1e-6, "maximum": 10, "default": 0.05,
      "description": "At the start; it falls to 0 over the training"},
    "subsample": {"type": "number", "minimum": 1e-9, "maximum": 1,
      "description": "Words more frequent than this share are thinned out. Unset: 1e-4; 1e-3 below a million words"},
    "buckets": {"type": "integer", "minimum": 1, "maximum": 100000000,
      "description": "Rows that all n-grams share. Unset: 20 for each word, 10,000 to 2,000,000"},
    "threads": {"type": "integer", "minimum": 1, "maximum": 1024,
      "description": "Unset: the host's budget. With 1, equal texts and seeds give equal models"},
    "seed": {"type": "integer", "minimum": 0, "maximum": 2147483647, "default": 1,
      "description": "Of all random choices"},
    "analogy_words": {"type": "integer", "minimum": 0, "default": 30000,
      "description": "Analogies are answered from this many of the most frequent words; 0: all"}
  }
})schema";

json::object score(const AnalogyScore& value) {
    return {{"name", value.name},         {"questions", value.questions},
            {"answered", value.answered}, {"skipped", value.questions - value.answered},
            {"correct", value.correct},   {"accuracy", value.accuracy()}};
}

class WordTrainer : public plugin::Trainer {
 public:
    explicit WordTrainer(const plugin::Config& config) : host_(config.host()) {
        const auto integer = [&](const char* name) -> std::optional<int> {
            const auto value = config.integer(name);
            return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
        };
        options_.mode =
            config.string("mode").value_or("skipgram") == "cbow" ? Mode::cbow : Mode::skipgram;
        ngrams_ = config.string("ngrams").value_or("0");
        options_.ngrams = parse_ngrams(ngrams_);
        options_.dimension = integer("dim").value_or(options_.dimension);
        options_.epochs = integer("epochs");
        options_.window = integer("window").value_or(options_.window);
        options_.min_count = integer("min_count");
        options_.negatives = integer("negatives").value_or(options_.negatives);
        options_.learning_rate = config.number("learning_rate").value_or(options_.learning_rate);
        options_.subsample = config.number("subsample");
        options_.buckets = integer("buckets");
        options_.threads =
            integer("threads").value_or(static_cast<int>(std::max(1U, host_.threads())));
        options_.seed = integer("seed").value_or(options_.seed);
        analogy_words_ = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, config.integer("analogy_words").value_or(30000)));
    }

    [[nodiscard]] std::string train(const plugin::Call& call, const plugin::TextSource& texts,
                                    const std::string& model,
                                    const plugin::ProgressSink& progress) const override {
        TrainingText text(model + "." + std::to_string(::getpid()) + ".text.tmp");
        read(call, texts, progress, text);
        TrainingHooks hooks;
        hooks.cancelled = [&call] { return call.cancelled(); };
        hooks.progress = [&progress](double fraction, std::string_view step,
                                     std::string_view detail) {
            progress.progress(fraction, step, detail);
        };
        const TrainingReport report = word2vec::train(text, options_, model, hooks);
        host_.log(LECTERN_LOG_INFO, "word2vec: min_count " +
                                        std::to_string(report.chosen.min_count) + ", " +
                                        std::to_string(report.chosen.epochs) + " epochs for " +
                                        std::to_string(report.words) + " words of text");
        return json::serialize(
            json::object{{"model", model},
                         {"documents", text.documents()},
                         {"words", report.words},
                         {"vocabulary", report.vocabulary},
                         {"dimension", options_.dimension},
                         {"mode", options_.mode == Mode::cbow ? "cbow" : "skipgram"},
                         {"ngrams", ngrams_},
                         {"epochs", report.chosen.epochs},
                         {"min_count", report.chosen.min_count},
                         {"subsample", report.chosen.subsample},
                         {"buckets", report.chosen.buckets},
                         {"threads", options_.threads},
                         {"seed", options_.seed},
                         {"seconds", report.seconds},
                         {"words_per_second", report.words_per_second},
                         {"loss", std::isfinite(report.loss) ? report.loss : 0.0},
                         {"common_component", report.common_component},
                         {"common_share", report.common_share}});
    }

    [[nodiscard]] std::string evaluate(const plugin::Call& call, const std::string& model,
                                       const std::string& test,
                                       const plugin::ProgressSink& progress) const override {
        const sys::Mapping file = shared::map_file(test);
        const auto sections = parse_analogies(file.text(), test);
        const WordVectors vectors = WordVectors::open(model);
        AnalogyOptions options;
        options.vocabulary = analogy_words_;
        options.threads = static_cast<unsigned>(options_.threads);
        options.progress = [&](double fraction) {
            progress.progress(fraction, "analogies", "");
            return !call.cancelled();
        };
        const AnalogyReport report = word2vec::evaluate(vectors, sections, options);
        call.check();
        json::array list;
        for (const AnalogyScore& section : report.sections) list.push_back(score(section));
        return json::serialize(json::object{{"sections", std::move(list)},
                                            {"total", score(report.total)},
                                            {"semantic", score(report.semantic)},
                                            {"syntactic", score(report.syntactic)},
                                            {"vocabulary", report.vocabulary}});
    }

 private:
    static void read(const plugin::Call& call, const plugin::TextSource& texts,
                     const plugin::ProgressSink& progress, TrainingText& text) {
        constexpr std::uint64_t between_reports = 100;
        while (const auto document = texts.next()) {
            text.add(*document);
            call.check();
            if (text.documents() % between_reports == 0)
                progress.progress(0, "reading",
                                  std::to_string(text.documents()) + " documents, " +
                                      std::to_string(text.words()) + " words");
        }
        text.finish();
    }

    plugin::Host host_;
    TrainingOptions options_;
    std::string ngrams_;
    std::uint64_t analogy_words_ = 30000;
};

}  // namespace
}  // namespace lectern::word2vec

LECTERN_PLUGIN("word2vec", "1.0.0",
               "Word vectors: passages from fastText and word2vec models, and their training",
               "Apache-2.0",
               lectern::plugin::stage<lectern::word2vec::WordEmbedder>(
                   "word2vec", "Embeds passages as weighted sums of word vectors",
                   lectern::word2vec::embedder_options),
               lectern::plugin::stage<lectern::word2vec::WordTrainer>(
                   "trainer", "Trains word vectors (CBOW, skip-gram, character n-grams)",
                   lectern::word2vec::trainer_options))
