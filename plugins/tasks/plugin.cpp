// The plugin "tasks": what encoders do beside embedding.
#include "lectern/plugin.hpp"

#include <string_view>
#include <vector>

#include "plugins/tasks/answer_spans.hpp"
#include "plugins/tasks/classifier.hpp"
#include "plugins/tasks/cross_encoder.hpp"
#include "plugins/tasks/entailment.hpp"
#include "plugins/tasks/linear_stages.hpp"
#include "plugins/tasks/metadata.hpp"
#include "plugins/tasks/reader_trainer.hpp"
#include "plugins/tasks/stage_options.hpp"
#include "plugins/tasks/two_readers.hpp"

namespace lectern::tasks {
namespace {

using plugin::Call;
using plugin::Config;

class Reranker : public plugin::Reranker {
 public:
    explicit Reranker(const Config& config)
        : encoder_(task_options(config), tokenizer_option(config)) {}

    void rerank(const Call& call, std::string_view query, const lectern_text* passages,
                std::uint64_t count, float* scores) const override {
        std::vector<std::string_view> texts;
        for (std::uint64_t i = 0; i < count; ++i) texts.push_back(plugin::view(passages[i]));
        encoder_.score(query, texts, {scores, static_cast<std::size_t>(count)},
                       [&call] { call.check(); });
    }

 private:
    CrossEncoder encoder_;
};

class Reader : public plugin::Reader {
 public:
    explicit Reader(const Config& config)
        : reader_(task_options(config), tokenizer_option(config), answer_options(config)),
          pipeline_(config.pipeline()),
          compare_(config.boolean("compare").value_or(true)),
          compare_sentences_(
              static_cast<std::size_t>(config.integer("compare_sentences").value_or(16))),
          read_passages_(static_cast<std::size_t>(config.integer("read_passages").value_or(4))) {}

    void read(const Call& call, std::string_view question, const lectern_passage* passages,
              std::uint64_t count, std::uint32_t max_evidence,
              const plugin::EvidenceSink& sink) const override {
        std::vector<AnswerPassage> all;
        for (std::uint64_t i = 0; i < count; ++i)
            all.push_back({plugin::view(passages[i].title), plugin::view(passages[i].text),
                           passages[i].score});
        const auto check = [&call] { call.check(); };
        std::vector<AnswerSentence> evidence;
        if (reader_.judges() && compare_) {
            // Comparing is cheap, and says which passages are worth reading.
            const auto sentences = compared(call, question, all);
            const auto chosen = worth_reading(sentences, all.size(), read_passages_);
            std::vector<AnswerPassage> few;
            for (const std::size_t one : chosen) few.push_back(all[one]);
            auto read = reader_.read(question, few, few.size(), check);
            for (AnswerSentence& one : read) one.passage = chosen[one.passage];
            evidence = combine(question, all, read, sentences, max_evidence);
        } else {
            evidence = reader_.read(question, all, max_evidence, check);
        }
        for (const AnswerSentence& found : evidence)
            sink.evidence(found.passage, found.begin, found.end, static_cast<float>(found.score),
                          found.span_begin, found.span_end,
                          static_cast<float>(found.span_probability),
                          static_cast<float>(found.other_probability));
    }

 private:
    static AnswerOptions answer_options(const Config& config) {
        AnswerOptions out;
        out.stride = static_cast<std::size_t>(config.integer("stride").value_or(128));
        out.answer_tokens = static_cast<std::size_t>(config.integer("answer_tokens").value_or(30));
        out.null_threshold = config.number("null_threshold").value_or(out.null_threshold);
        out.min_score = config.number("min_score").value_or(out.min_score);
        return out;
    }

    // Sentences by words and vectors; none where the pipeline has no embedder.
    std::vector<passages::Evidence> compared(const Call& call, std::string_view question,
                                             const std::vector<AnswerPassage>& all) const {
        constexpr std::size_t most = 16;
        std::vector<passages::Passage> texts;
        for (const AnswerPassage& one : all) texts.push_back({one.title, one.text, one.score});
        const passages::Embed embed = [&](const std::vector<std::string_view>& sentences,
                                          passages::Purpose purpose) {
            call.check();
            return pipeline_.embed(
                call, sentences,
                purpose == passages::Purpose::query ? LECTERN_QUERY : LECTERN_PASSAGE);
        };
        passages::ReadOptions options;
        options.max_sentences = compare_sentences_;
        return passages::read(question, texts, most, options, embed);
    }

    AnswerReader reader_;
    plugin::Pipeline pipeline_;
    bool compare_;
    std::size_t compare_sentences_;
    std::size_t read_passages_;
};

class Verifier : public plugin::Verifier {
 public:
    explicit Verifier(const Config& config)
        : entailment_(task_options(config), tokenizer_option(config), config.strings("labels")) {}

    void infer(const Call& call, const lectern_text* premises, const lectern_text* hypotheses,
               std::uint64_t count, float* out) const override {
        std::vector<InferencePair> pairs;
        for (std::uint64_t i = 0; i < count; ++i)
            pairs.push_back({plugin::view(premises[i]), plugin::view(hypotheses[i])});
        std::vector<InferenceScores> scores(pairs.size());
        entailment_.infer(pairs, scores, [&call] { call.check(); });
        for (const InferenceScores& one : scores) {
            *out++ = one.entailment;
            *out++ = one.neutral;
            *out++ = one.contradiction;
        }
    }

 private:
    Entailment entailment_;
};

class Enrichment : public plugin::Custom {
 public:
    explicit Enrichment(const Config& config)
        : into_(into_option(config)), classifier_(classifier_options(config)) {}

    void process(const Call& call, const plugin::Document& record,
                 const plugin::DocumentSink& sink) const override {
        const Classification found = classifier_.classify(record.text, [&call] { call.check(); });
        const std::string metadata =
            with_fields(record.metadata, into_, classifier_, found, record.text);
        plugin::Document out = record;
        out.metadata = metadata;
        sink.document(out);
    }

 private:
    static ClassifierOptions classifier_options(const Config& config) {
        ClassifierOptions out;
        out.model = task_options(config);
        out.tokenizer = tokenizer_option(config);
        if (config.string("vocabulary")) out.vocabulary = config.path("vocabulary");
        out.labels = config.strings("labels");
        out.multiple = config.boolean("multiple").value_or(false);
        out.probabilities = config.string("output").value_or("logits") == "probabilities";
        out.min_score = config.number("min_score");
        out.windows = static_cast<std::size_t>(config.integer("windows").value_or(0));
        return out;
    }

    std::string into_;
    Classifier classifier_;
};

constexpr const char* classifier_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION R"(,
    "into": {"type": "string", "default": "class",
      "description": "The metadata field that the label is written to"},
    "vocabulary": {"type": "string",
      "description": "A file of words, one a line, for a network that takes word ids; without it, WordPiece"},
    "labels": {"type": "array", "items": {"type": "string"},
      "description": "Names of the model's labels in their order; without it, as config.json names them"},
    "multiple": {"type": "boolean", "default": false,
      "description": "A text may have several labels, or none: each has a probability of its own"},
    "output": {"type": "string", "enum": ["logits", "probabilities"], "default": "logits",
      "description": "What the model gives"},
    "min_score": {"type": "number", "minimum": 0, "maximum": 1,
      "description": "Labels of a lower probability are left out. Unset: 0; 0.5 with 'multiple'"},
    "windows": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 0,
      "description": "Pieces of a long text that are read; 0: 8, or all where names are looked for"}}})";

constexpr const char* reader_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION R"(,
    "stride": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 128,
      "description": "Tokens that two windows of a long passage share, at most"},
    "answer_tokens": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 30,
      "description": "Most tokens of an answer"},
    "null_threshold": {"type": "number", "default": 0,
      "description": "How much the best answer's logits must exceed those of no answer; for models with two outputs"},
    "min_score": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.02,
      "description": "Passages that answer with a smaller probability are no evidence; for models with three outputs"},
    "compare": {"type": "boolean", "default": true,
      "description": "Also compare sentences with the question by words and vectors; for models with three outputs"},
    "compare_sentences": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 16,
      "description": "Most sentences that are embedded for that; those with the question's words come first"},
    "read_passages": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 4,
      "description": "Most passages that the model reads then: those with the best sentences"}}})";

constexpr const char* verifier_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION R"(,
    "labels": {"type": "array", "items": {"type": "string"},
      "description": "What the model's labels mean, in their order: entailment, neutral, contradiction; without it, as config.json names them"}}})";

constexpr const char* reranker_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION "}}";

}  // namespace
}  // namespace lectern::tasks

LECTERN_PLUGIN("tasks", "1.0.0",
               "Tasks of encoders: reranking, answers, inference, classes and names", "Apache-2.0",
               lectern::plugin::stage<lectern::tasks::Reranker>(
                   "reranker", "Scores question and passage together (a cross-encoder)",
                   lectern::tasks::reranker_options),
               lectern::plugin::stage<lectern::tasks::Reader>(
                   "question-answering", "Sentences that hold the answer (BERT with a SQuAD head)",
                   lectern::tasks::reader_options),
               lectern::plugin::stage<lectern::tasks::Verifier>(
                   "entailment", "Whether a sentence follows from its evidence (an NLI model)",
                   lectern::tasks::verifier_options),
               lectern::plugin::stage<lectern::tasks::Enrichment>(
                   "classifier", "Writes a text's class, or the names in it, into its metadata",
                   lectern::tasks::classifier_options),
               lectern::plugin::stage<lectern::tasks::LinearStage>(
                   "linear-classifier",
                   "Writes the label of a trained linear classifier into "
                   "a document's metadata",
                   lectern::tasks::linear_options),
               lectern::plugin::stage<lectern::tasks::ReaderTrainer>(
                   "reader-trainer", "Fits the calibration of a reader to questions of your own",
                   lectern::tasks::reader_trainer_options),
               lectern::plugin::stage<lectern::tasks::LinearTrainer>(
                   "trainer", "Trains a linear classifier over the pipeline's vectors",
                   lectern::tasks::linear_trainer_options))
