// tasks/reader_trainer.hpp: the stage that fits a reader's last layer and its calibration to rows
// of questions and passages, and writes the reader with them as a folder of its own.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/tasks/last_layer.hpp"
#include "plugins/tasks/reader_calibration.hpp"
#include "plugins/tasks/stage_options.hpp"

namespace lectern::tasks {

class ReaderTrainer : public plugin::Trainer {
 public:
    explicit ReaderTrainer(const plugin::Config& config);

    [[nodiscard]] std::string train(const plugin::Call& call, const plugin::TextSource& texts,
                                    const std::string& model,
                                    const plugin::ProgressSink& progress) const override;

    [[nodiscard]] std::string evaluate(const plugin::Call& call, const std::string& model,
                                       const std::string& test,
                                       const plugin::ProgressSink& progress) const override;

 private:
    enum class LastLayer { automatic, on, off };
    using Check = std::function<void()>;
    using Step = std::function<void(const char*)>;
    // What a reader makes of rows.
    struct Read {
        std::vector<SeenQuestion> questions;
        double area_under_curve = 0;
        double span_f1 = 0;
    };
    // What came of the last layer.
    struct LayerResult {
        boost::json::object report;
        std::optional<FittedCalibration> fitted;  // with the layer that gained
    };

    [[nodiscard]] Read read(const AnswerReader& reader, const std::vector<ReadingRow>& rows,
                            const std::vector<std::size_t>& chosen, const Check& check) const;
    // Into `part`, a copy of the reader's folder.
    [[nodiscard]] LayerResult fit_last_layer(const std::filesystem::path& part,
                                             const std::vector<ReadingRow>& rows,
                                             const Check& check, const Step& step) const;
    // Why it is not fitted to these; "": it is.
    [[nodiscard]] std::string no_layer_because(const std::vector<ReadingRow>& rows) const;

    TaskOptions options_;
    std::filesystem::path tokenizer_;
    AnswerReader reader_;
    LastLayer last_layer_;
};

inline constexpr const char* reader_trainer_options =
    R"({"type": "object", "required": ["model"], "properties": {)" LECTERN_TASKS_MODEL_OPTIONS
    "," LECTERN_TASKS_TOKENIZER_OPTION R"(,
    "last_layer": {"type": "string", "enum": ["auto", "on", "off"], "default": "auto",
      "description": "Whether the last layer is fitted as well: auto, with enough questions; it is kept only where it gains"}}})";

}  // namespace lectern::tasks
