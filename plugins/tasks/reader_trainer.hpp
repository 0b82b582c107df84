// tasks/reader_trainer.hpp: the stage that fits the calibration of a reader to rows of questions
// and passages, and writes the reader with it as a folder of its own.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/tasks/reader_calibration.hpp"
#include "plugins/tasks/stage_options.hpp"

namespace lectern::tasks {

class ReaderTrainer : public plugin::Trainer {
 public:
    explicit ReaderTrainer(const plugin::Config& config)
        : options_(task_options(config)),
          reader_(options_, tokenizer_option(config), {.min_score = 0}) {
        if (!reader_.judges())
            shared::fail(LECTERN_UNSUPPORTED,
                         options_.model.string() +
                             " does not say whether a passage answers (it has two outputs); the "
                             "calibration is of a reader with three, such as reader-minilm");
    }

    [[nodiscard]] std::string train(const plugin::Call& call, const plugin::TextSource& texts,
                                    const std::string& model,
                                    const plugin::ProgressSink& progress) const override {
        namespace fs = std::filesystem;
        if (fs::exists(model))
            shared::fail(LECTERN_INVALID_ARGUMENT, "'" + model + "' is there already");
        std::vector<SeenQuestion> questions;
        while (const auto text = texts.next()) {
            call.check();
            const ReadingRow row =
                read_reading_row(*text, "row " + std::to_string(questions.size() + 1));
            questions.push_back(seen(row, [&call] { call.check(); }));
            progress.progress(0, "reading", std::to_string(questions.size()) + " questions");
        }
        const FittedCalibration fitted =
            fit_calibration(questions, reader_.calibration(), [&call] { call.check(); });
        write(model, fitted.calibration);
        boost::json::object calibration = json_of(fitted.calibration);
        return boost::json::serialize(
            boost::json::object{{"questions", questions.size()},
                                {"fitted", fitted.whole ? "all weights" : "scale and offset"},
                                {"folds", fitted.folds},
                                {"before", json_of(fitted.before)},
                                {"after", json_of(fitted.after)},
                                {"calibration", std::move(calibration)}});
    }

    [[nodiscard]] std::string evaluate(const plugin::Call& /*call*/, const std::string& /*model*/,
                                       const std::string& /*test*/,
                                       const plugin::ProgressSink& /*progress*/) const override {
        shared::fail(LECTERN_UNSUPPORTED, "a reader is measured by lectern eval --answers");
    }

 private:
    SeenQuestion seen(const ReadingRow& row, const std::function<void()>& check) const {
        std::vector<AnswerPassage> passages;
        for (const ReadingRow::Passage& one : row.passages)
            passages.push_back({one.title, one.text, one.score});
        SeenQuestion out;
        for (const AnswerSentence& found :
             reader_.read(row.question, passages, passages.size(), check))
            out.push_back({found.signs, row.passages[found.passage].answers});
        return out;
    }

    static boost::json::object json_of(const Calibration& c) {
        return {{"weight", c.weight},
                {"span_weight", c.span_weight},
                {"similarity_weight", c.similarity_weight},
                {"overlap_weight", c.overlap_weight},
                {"sentence_weight", c.sentence_weight},
                {"missing_weight", c.missing_weight},
                {"bias", c.bias}};
    }

    static boost::json::object json_of(const CalibrationCurve& curve) {
        boost::json::array points;
        for (std::size_t i = 0; i < CalibrationCurve::thresholds.size(); ++i)
            points.push_back(boost::json::object{{"threshold", CalibrationCurve::thresholds[i]},
                                                 {"coverage", curve.covered[i]},
                                                 {"right", curve.right[i]},
                                                 {"false_answers", curve.false_answers[i]}});
        return {{"brier", curve.brier}, {"curve", std::move(points)}};
    }

    // The reader's folder with another calibration, whole or not at all.
    void write(const std::string& model, const Calibration& calibration) const {
        namespace fs = std::filesystem;
        const fs::path part = model + ".part";
        std::error_code error;
        fs::remove_all(part, error);
        try {
            fs::copy(options_.model, part, fs::copy_options::recursive);
            const fs::path config = part / "config.json";
            boost::json::value all = boost::json::parse(shared::read_text_file(config));
            all.as_object().at("reader").as_object()["calibration"] = json_of(calibration);
            std::ofstream out(config, std::ios::trunc | std::ios::binary);
            out << boost::json::serialize(all) << '\n';
            out.close();
            if (!out)
                shared::fail(LECTERN_RESOURCE_EXHAUSTED, "cannot write '" + config.string() + "'");
            fs::rename(part, model);
        } catch (const fs::filesystem_error& failure) {
            fs::remove_all(part, error);
            shared::fail(LECTERN_RESOURCE_EXHAUSTED, failure.what());
        }
    }

    TaskOptions options_;
    AnswerReader reader_;
};

inline constexpr const char* reader_trainer_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION "}}";

}  // namespace lectern::tasks
