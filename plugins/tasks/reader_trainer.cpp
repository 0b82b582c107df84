#include "plugins/tasks/reader_trainer.hpp"

#include <algorithm>
#include <fstream>

#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/tasks/reader_states.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Questions with a passage that answers, from which on `auto` fits the layer. A quarter of them
// judges: with fewer than fifty there, chance moves the figures too far to judge by. A judgement,
// not measured.
constexpr std::size_t enough_answerable = 200;
// Of either kind, for `on`, and of those that nothing answers for `auto`: the quarter that judges
// has fifteen of each, and a calibration takes ten.
constexpr std::size_t least_of_either = 60;
// By which one of the figures must rise, and neither may fall.
constexpr double least_gain = 0.005;

json::object json_of(const Calibration& c) {
    return {{"weight", c.weight},
            {"span_weight", c.span_weight},
            {"similarity_weight", c.similarity_weight},
            {"overlap_weight", c.overlap_weight},
            {"sentence_weight", c.sentence_weight},
            {"missing_weight", c.missing_weight},
            {"bias", c.bias}};
}

json::object json_of(const CalibrationCurve& curve) {
    json::array points;
    for (std::size_t i = 0; i < CalibrationCurve::thresholds.size(); ++i)
        points.push_back(json::object{{"threshold", CalibrationCurve::thresholds[i]},
                                      {"coverage", curve.covered[i]},
                                      {"right", curve.right[i]},
                                      {"false_answers", curve.false_answers[i]}});
    return {{"brier", curve.brier}, {"curve", std::move(points)}};
}

CalibrationCurve curve_by(const std::vector<SeenQuestion>& questions, const Calibration& c) {
    std::vector<std::vector<double>> probabilities(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i)
        for (const SeenPassage& passage : questions[i])
            probabilities[i].push_back(probability(passage.signs, c));
    return curve(questions, probabilities);
}

void write_calibration(const fs::path& folder, const Calibration& calibration) {
    const fs::path config = folder / "config.json";
    json::value all = json::parse(shared::read_text_file(config));
    all.as_object().at("reader").as_object()["calibration"] = json_of(calibration);
    std::ofstream out(config, std::ios::trunc | std::ios::binary);
    out << json::serialize(all) << '\n';
    out.close();
    if (!out) shared::fail(LECTERN_RESOURCE_EXHAUSTED, "cannot write '" + config.string() + "'");
}

// A folder that is removed again unless it becomes the model.
class PartFolder {
 public:
    PartFolder(const fs::path& from, const std::string& model) : path_(model + ".part") {
        std::error_code error;
        fs::remove_all(path_, error);
        fs::copy(from, path_, fs::copy_options::recursive);
    }
    PartFolder(const PartFolder&) = delete;
    PartFolder& operator=(const PartFolder&) = delete;
    ~PartFolder() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }
    void become(const std::string& model) const { fs::rename(path_, model); }

 private:
    fs::path path_;
};

}  // namespace

ReaderTrainer::ReaderTrainer(const plugin::Config& config)
    : options_(task_options(config)),
      tokenizer_(tokenizer_option(config)),
      reader_(options_, tokenizer_, {.min_score = 0}),
      last_layer_(LastLayer::automatic) {
    if (!reader_.judges())
        shared::fail(LECTERN_UNSUPPORTED,
                     options_.model.string() +
                         " does not say whether a passage answers (it has two outputs); the "
                         "calibration is of a reader with three, such as reader-minilm");
    const std::string asked = config.string("last_layer").value_or("auto");
    if (asked == "on") last_layer_ = LastLayer::on;
    if (asked == "off") last_layer_ = LastLayer::off;
}

std::string ReaderTrainer::train(const plugin::Call& call, const plugin::TextSource& texts,
                                 const std::string& model,
                                 const plugin::ProgressSink& progress) const {
    if (fs::exists(model))
        shared::fail(LECTERN_INVALID_ARGUMENT, "'" + model + "' is there already");
    const Check check = [&call] { call.check(); };
    std::vector<ReadingRow> rows;
    std::vector<SeenQuestion> questions;
    while (const auto text = texts.next()) {
        check();
        rows.push_back(read_reading_row(*text, "row " + std::to_string(rows.size() + 1)));
        questions.push_back(read(reader_, rows, {rows.size() - 1}, check).questions.front());
        progress.progress(0, "reading", std::to_string(rows.size()) + " questions");
    }
    // The calibration alone is fitted first: it says what is wrong with the questions.
    FittedCalibration fitted = fit_calibration(questions, reader_.calibration(), check);
    try {
        const PartFolder part(options_.model, model);
        LayerResult layer = fit_last_layer(part.path(), rows, check, [&](const char* what) {
            progress.progress(0, what, "last layer");
        });
        if (layer.fitted) fitted = std::move(*layer.fitted);
        write_calibration(part.path(), fitted.calibration);
        part.become(model);
        return json::serialize(
            json::object{{"questions", rows.size()},
                         {"fitted", fitted.whole ? "all weights" : "scale and offset"},
                         {"folds", fitted.folds},
                         {"last_layer", std::move(layer.report)},
                         {"before", json_of(fitted.before)},
                         {"after", json_of(fitted.after)},
                         {"calibration", json_of(fitted.calibration)}});
    } catch (const fs::filesystem_error& failure) {
        shared::fail(LECTERN_RESOURCE_EXHAUSTED, failure.what());
    }
}

std::string ReaderTrainer::evaluate(const plugin::Call& /*call*/, const std::string& /*model*/,
                                    const std::string& /*test*/,
                                    const plugin::ProgressSink& /*progress*/) const {
    shared::fail(LECTERN_UNSUPPORTED, "a reader is measured by lectern eval --answers");
}

ReaderTrainer::Read ReaderTrainer::read(const AnswerReader& reader,
                                        const std::vector<ReadingRow>& rows,
                                        const std::vector<std::size_t>& chosen,
                                        const Check& check) const {
    Read out;
    std::vector<double> answering;
    std::vector<double> others;
    std::size_t marked = 0;
    for (const std::size_t number : chosen) {
        const ReadingRow& row = rows[number];
        std::vector<AnswerPassage> passages;
        for (const ReadingRow::Passage& one : row.passages) {
            passages.push_back({one.title, one.text, one.score});
            if (!one.spans.empty()) ++marked;
        }
        SeenQuestion& question = out.questions.emplace_back();
        for (const AnswerSentence& found :
             reader.read(row.question, passages, passages.size(), check)) {
            const ReadingRow::Passage& passage = row.passages[found.passage];
            question.push_back({found.signs, passage.answers});
            (passage.answers ? answering : others).push_back(found.signs.answers);
            out.span_f1 += overlap_f1({found.span_begin, found.span_end}, passage.spans);
        }
    }
    out.area_under_curve = area_under_curve(answering, others);
    if (marked > 0) out.span_f1 /= static_cast<double>(marked);
    return out;
}

std::string ReaderTrainer::no_layer_because(const std::vector<ReadingRow>& rows) const {
    if (last_layer_ == LastLayer::off) return "not asked for";
    if (!has_output_layer(options_.model)) {
        const std::string why =
            options_.model.string() + " has no model.safetensors with the reader's last layer";
        if (last_layer_ == LastLayer::on) shared::fail(LECTERN_UNSUPPORTED, why);
        return why;
    }
    const auto yes =
        static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const auto& row) {
            return std::any_of(row.passages.begin(), row.passages.end(),
                               [](const auto& passage) { return passage.answers; });
        }));
    const std::size_t no = rows.size() - yes;
    const std::size_t wanted = last_layer_ == LastLayer::on ? least_of_either : enough_answerable;
    if (yes >= wanted && no >= least_of_either) return "";
    const std::string why = "of " + std::to_string(rows.size()) + " questions " +
                            std::to_string(yes) + " have a passage that answers and " +
                            std::to_string(no) + " have none; the last layer wants " +
                            std::to_string(wanted) + " and " + std::to_string(least_of_either);
    if (last_layer_ == LastLayer::on) shared::fail(LECTERN_INVALID_ARGUMENT, why);
    return why;
}

ReaderTrainer::LayerResult ReaderTrainer::fit_last_layer(const fs::path& part,
                                                         const std::vector<ReadingRow>& rows,
                                                         const Check& check,
                                                         const Step& step) const {
    LayerResult out;
    if (const std::string why = no_layer_because(rows); !why.empty()) {
        out.report = {{"written", false}, {"because", why}};
        return out;
    }
    const RowsApart apart = rows_apart(rows);
    const Read before = read(reader_, rows, apart.kept, check);
    step("reading again");
    const OutputLayer shipped = read_output_layer(options_.model);
    const LayerExamples examples =
        layer_examples(options_, tokenizer_, AnswerOptions{}.stride, rows, apart.fitted, check);
    if (examples.width != shipped.width)
        shared::fail(LECTERN_CORRUPT,
                     options_.model.string() + ": the last layer is for states of " +
                         std::to_string(shipped.width) + " values, the encoder's have " +
                         std::to_string(examples.width));
    step("fitting");
    const FittedLayer layer = fit_layer(examples, shipped, check);
    // Judged as it will be read: from a folder.
    write_output_layer(part, layer.layer);
    Read after;
    {
        TaskOptions options = options_;
        options.model = part;
        const AnswerReader reader(options, tokenizer_, {.min_score = 0});
        step("judging");
        after = read(reader, rows, apart.kept, check);
    }
    const double area = after.area_under_curve - before.area_under_curve;
    const double spans = after.span_f1 - before.span_f1;
    const bool gains = area >= 0 && spans >= 0 && std::max(area, spans) >= least_gain;
    const auto figures = [](const Read& of) {
        return json::object{{"auc", of.area_under_curve}, {"span_f1", of.span_f1}};
    };
    out.report = {{"written", gains},
                  {"fitted_to", apart.fitted.size()},
                  {"kept_apart", apart.kept.size()},
                  {"apart_by", apart.by_document ? "document" : "question"},
                  {"pull", layer.pull},
                  {"before", figures(before)},
                  {"after", figures(after)}};
    if (!gains) {
        out.report["because"] = "it does not gain on the questions that were kept apart";
        fs::copy_file(options_.model / "model.safetensors", part / "model.safetensors",
                      fs::copy_options::overwrite_existing);
        return out;
    }
    // Calibrated by questions that the layer has not seen: of the others it is too sure.
    out.fitted = fit_calibration(after.questions, reader_.calibration(), check);
    out.fitted->before = curve_by(before.questions, reader_.calibration());
    return out;
}

}  // namespace lectern::tasks
