// tasks/linear_stages.hpp: the stages around a linear classifier: its trainer, and the one that
// writes its label into a document's metadata. Both embed with the pipeline that they stand in.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/tasks/linear_trainer.hpp"
#include "plugins/tasks/metadata.hpp"
#include "plugins/tasks/stage_options.hpp"

namespace lectern::tasks {

class LinearStage : public plugin::Custom {
 public:
    explicit LinearStage(const plugin::Config& config)
        : pipeline_(config.pipeline()),
          into_(into_option(config)),
          min_score_(config.number("min_score").value_or(0)),
          model_(config.path("model")),
          classifier_(read_linear(model_)) {}

    void process(const plugin::Call& call, const plugin::Document& record,
                 const plugin::DocumentSink& sink) const override {
        check_space(classifier_, pipeline_, model_);
        const auto vector = pipeline_.embed(call, {record.text}, LECTERN_PASSAGE);
        const auto shares = classifier_.layer.probabilities(vector);
        const auto best = std::max_element(shares.begin(), shares.end());
        plugin::Document out = record;
        std::string metadata;
        if (*best >= min_score_) {
            const Labelled label{
                classifier_.labels[static_cast<std::size_t>(best - shares.begin())],
                static_cast<float>(*best)};
            metadata = with_label(record.metadata, into_, label);
            out.metadata = metadata;
        }
        sink.document(out);
    }

    // Throws Failure when the pipeline's vectors are not those that the classifier was fitted to.
    static void check_space(const LinearClassifier& classifier, const plugin::Pipeline& pipeline,
                            const std::string& model) {
        const std::string space = pipeline.fingerprint();
        if (space == classifier.fingerprint) return;
        shared::fail(
            LECTERN_INVALID_ARGUMENT,
            model + " was trained on vectors of " + classifier.fingerprint +
                ", and this pipeline makes vectors of " + space +
                "; train it again with this pipeline (lectern train classifier --pipeline)");
    }

 private:
    plugin::Pipeline pipeline_;
    std::string into_;
    double min_score_;
    std::string model_;
    LinearClassifier classifier_;
};

class LinearTrainer : public plugin::Trainer {
 public:
    explicit LinearTrainer(const plugin::Config& config) : pipeline_(config.pipeline()) {
        options_.fit.strength = config.number("strength").value_or(options_.fit.strength);
        options_.folds = static_cast<std::size_t>(config.integer("folds").value_or(5));
        options_.seed = static_cast<std::uint64_t>(config.integer("seed").value_or(1));
    }

    [[nodiscard]] std::string train(const plugin::Call& call, const plugin::TextSource& texts,
                                    const std::string& model,
                                    const plugin::ProgressSink& progress) const override {
        std::vector<Example> examples;
        while (const auto row = texts.next())
            examples.push_back(
                read_example(*row, "example " + std::to_string(examples.size() + 1)));
        Trained trained = train_linear(
            examples, options_, embedding(call),
            [&](double fraction, std::string_view step) { progress.progress(fraction, step, ""); },
            [&call] { call.check(); });
        trained.classifier.fingerprint = pipeline_.fingerprint();
        write_linear(model, trained.classifier);
        return boost::json::serialize(boost::json::object{
            {"examples", examples.size()},
            {"labels", trained.classifier.labels.size()},
            {"dimension", trained.classifier.layer.dimension},
            {"folds", trained.folds},
            {"cross_validated",
             boost::json::parse(report(trained.cross_validated, trained.classifier.labels))}});
    }

    [[nodiscard]] std::string evaluate(const plugin::Call& call, const std::string& model,
                                       const std::string& test,
                                       const plugin::ProgressSink& /*progress*/) const override {
        const LinearClassifier classifier = read_linear(model);
        LinearStage::check_space(classifier, pipeline_, model);
        const std::string rows = shared::read_text_file(test);
        std::vector<Example> examples;
        std::size_t line = 0;
        for (std::size_t at = 0; at < rows.size();) {
            const std::size_t stop = std::min(rows.find('\n', at), rows.size());
            std::string_view row = std::string_view(rows).substr(at, stop - at);
            if (row.ends_with('\r')) row.remove_suffix(1);
            at = stop + 1;
            ++line;
            if (row.find_first_not_of(" \t\r") == std::string_view::npos) continue;
            const std::string where = test + ":" + std::to_string(line);
            examples.push_back(test.ends_with(".tsv") ? read_tsv_example(row, where)
                                                      : read_example(row, where));
        }
        return report(evaluate_linear(classifier, examples, embedding(call)), classifier.labels);
    }

 private:
    [[nodiscard]] EmbedTexts embedding(const plugin::Call& call) const {
        return [this, &call](const std::vector<std::string_view>& texts) {
            call.check();
            return pipeline_.embed(call, texts, LECTERN_PASSAGE);
        };
    }

    plugin::Pipeline pipeline_;
    TrainerOptions options_;
};

inline constexpr const char* linear_options = R"({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "What lectern train classifier wrote"},
    "into": {"type": "string", "default": "class",
      "description": "The metadata field that the label is written to"},
    "min_score": {"type": "number", "minimum": 0, "maximum": 1, "default": 0,
      "description": "A label of a lower probability is not written"}
  }
})";

inline constexpr const char* linear_trainer_options = R"({
  "type": "object",
  "properties": {
    "strength": {"type": "number", "minimum": 1e-6, "maximum": 1e6, "default": 10,
      "description": "Larger: closer to the examples; smaller: simpler"},
    "folds": {"type": "integer", "minimum": 2, "maximum": 1000, "default": 5,
      "description": "Parts of the cross-validation"},
    "seed": {"type": "integer", "minimum": 0, "maximum": 2147483647, "default": 1,
      "description": "Of the order in which examples are put into parts"}
  }
})";

}  // namespace lectern::tasks
