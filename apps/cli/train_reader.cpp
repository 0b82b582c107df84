// lectern train reader: a reader's calibration and last layer, fitted to a collection's own
// questions.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "apps/cli/common.hpp"
#include "apps/eval/measures/answers.hpp"
#include "apps/eval/measures/files.hpp"
#include "text/ascii.hpp"

namespace lectern::app {
namespace {

namespace json = boost::json;

struct TrainReader {
    Common common;
    std::string questions;
    std::string model;
    std::string reader = "reader-minilm";
    std::size_t passages = 6;
    std::string last_layer = "auto";
};

// Where an answer stands in a text: its very letters, small or large, between word ends.
json::array places_of(std::string_view passage, const std::vector<std::string>& answers) {
    const auto small = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    const auto equal = [&small](char a, char b) { return small(a) == small(b); };
    const auto in_word = [&](std::size_t at) {
        const char c = passage[at];
        return text::is_digit(c) || text::is_ascii_letter(c) ||
               (static_cast<unsigned char>(c) & 0x80U) != 0;
    };
    json::array out;
    for (const std::string& answer : answers) {
        if (answer.empty()) continue;
        for (auto at = passage.begin();; ++at) {
            at = std::search(at, passage.end(), answer.begin(), answer.end(), equal);
            if (at == passage.end()) break;
            const auto begin = static_cast<std::size_t>(at - passage.begin());
            const std::size_t end = begin + answer.size();
            const bool cut = (begin > 0 && in_word(begin - 1) && in_word(begin)) ||
                             (end < passage.size() && in_word(end) && in_word(end - 1));
            if (!cut) out.push_back(json::array{begin, end});
        }
    }
    return out;
}

// A question with what the search gives for it, as the pipeline's reader would see it.
Result<std::string> row_of(const Collection& collection, const evaluation::Query& query,
                           std::size_t passages, const std::stop_token& stop) {
    SearchOptions options;
    options.k = passages;
    options.chunks = true;
    options.stop = stop;
    LECTERN_ASSIGN(const SearchResult found, collection.search(query.text, options));
    json::array out;
    for (const Hit& hit : found.hits) {
        const std::string text(api::clean(hit.text));
        const bool answers = evaluation::answer_in_text(text, *query.answers);
        out.push_back(
            json::object{{"title", api::clean(hit.title)},
                         {"text", text},
                         {"score", hit.dense_score.value_or(hit.score)},
                         {"document", api::clean(hit.document)},
                         {"answers", answers},
                         {"spans", answers ? places_of(text, *query.answers) : json::array()}});
    }
    return json::serialize(
        json::object{{"question", api::clean(query.text)}, {"passages", std::move(out)}});
}

void print_curves(const json::object& report) {
    const auto points = [&](const char* which) -> const json::array& {
        return report.at(which).as_object().at("curve").as_array();
    };
    std::printf("%9s  %s\n", "", "before                      after");
    std::printf("%9s  %8s %8s %8s   %8s %8s %8s\n", "threshold", "coverage", "right", "false",
                "coverage", "right", "false");
    for (std::size_t i = 0; i < points("before").size(); ++i) {
        const json::object& before = points("before")[i].as_object();
        const json::object& after = points("after")[i].as_object();
        const auto number = [](const json::object& of, const char* key) {
            return of.at(key).to_number<double>();
        };
        std::printf("%9.1f  %8.3f %8.3f %8.3f   %8.3f %8.3f %8.3f\n", number(before, "threshold"),
                    number(before, "coverage"), number(before, "right"),
                    number(before, "false_answers"), number(after, "coverage"),
                    number(after, "right"), number(after, "false_answers"));
    }
    const auto brier = [&](const char* which) {
        return report.at(which).as_object().at("brier").to_number<double>();
    };
    std::printf("Brier score: %.3f before, %.3f after (0 is best)\n", brier("before"),
                brier("after"));
    if (brier("after") >= brier("before"))
        std::puts("The reader as it was does as well on questions that did not fit it: keep it.");
}

// What became of the last layer, with its figures where it was tried.
void print_last_layer(const json::object& layer) {
    if (const auto* before = layer.if_contains("before")) {
        const auto figure = [&](const char* which, const char* key) {
            return layer.at(which).as_object().at(key).to_number<double>();
        };
        std::cout << "The last layer was fitted to " << layer.at("fitted_to") << " questions; on "
                  << layer.at("kept_apart") << " that were kept apart (by "
                  << std::string_view(layer.at("apart_by").as_string()) << "):\n";
        std::printf("%9s  AUC %.3f before, %.3f after; span F1 %.3f before, %.3f after\n", "",
                    before->as_object().at("auc").to_number<double>(), figure("after", "auc"),
                    figure("before", "span_f1"), figure("after", "span_f1"));
    }
    if (layer.at("written").as_bool())
        std::puts("It is written; the curves are of the questions that were kept apart.");
    else
        std::printf("The last layer stays as it was: %s\n",
                    std::string(layer.at("because").as_string()).c_str());
}

int run(const TrainReader& train) {
    auto queries = evaluation::read_queries(train.questions);
    if (!queries) return fail(queries.status());
    std::erase_if(*queries, [](const evaluation::Query& query) { return !query.answers; });
    if (queries->empty())
        return fail({Code::invalid_argument,
                     "no question of '" + train.questions +
                         "' carries \"answers\": the right ones, or [] where the collection does "
                         "not say"});
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(train.common, false, true);
    if (!collection) return fail(collection.status());
    TrainOptions options;
    options.plugin = "tasks";
    options.stage = "reader-trainer";
    options.options =
        json::serialize(json::object{{"model", train.reader}, {"last_layer", train.last_layer}});
    options.threads = train.common.threads;
    options.folders = folders(train.common);
    options.stop = stop;
    const bool bar = !train.common.json && terminal(STDERR_FILENO);
    if (bar)
        options.progress = [](std::string_view step, double, std::string_view detail) {
            std::fprintf(stderr, "\r%.*s  %.*s ", static_cast<int>(step.size()), step.data(),
                         static_cast<int>(detail.size()), detail.data());
        };
    std::size_t next = 0;
    const TextFeed feed = [&]() -> Result<std::optional<std::string>> {
        if (next == queries->size()) return std::optional<std::string>{};
        LECTERN_ASSIGN(std::string row,
                       row_of(*collection, (*queries)[next++], train.passages, stop));
        return std::optional(std::move(row));
    };
    auto report = lectern::train(feed, train.model, options);
    if (bar) std::fprintf(stderr, "\r%60s\r", "");
    if (!report) return fail(report.status());
    json::object out = api::parsed(*report).as_object();
    out["model"] = api::clean(train.model);
    if (train.common.json) {
        print(out);
        return Exit::done;
    }
    std::cout << out.at("questions") << " questions, "
              << std::string_view(out.at("fitted").as_string())
              << "; each is judged by a fit to the others, in " << out.at("folds") << " parts\n";
    print_last_layer(out.at("last_layer").as_object());
    print_curves(out);
    std::cout << shown(train.model)
              << " written; name it in a pipeline: evidence: {plugin: tasks, stage: "
                 "question-answering, options: {model: PATH}}\n";
    return Exit::done;
}

}  // namespace

void add_train_reader(CLI::App& parent, Run& run_command) {
    auto train = std::make_shared<TrainReader>();
    CLI::App& command = *parent.add_subcommand(
        "reader", "Fit the reader's probability, and its last layer, to questions of your own");
    add_collection(command, train->common);
    command
        .add_option(
            "--questions", train->questions,
            ".jsonl rows {\"_id\", \"text\", \"answers\"}; [] where the collection does not "
            "say")
        ->required();
    command.add_option("-o,--output", train->model, "The reader's folder to write")->required();
    command.add_option("--reader", train->reader, "The reader to begin with, a folder or a name")
        ->capture_default_str();
    command
        .add_option("--last-layer", train->last_layer,
                    "Fit the reader's last layer as well, and keep it where it gains: auto (with "
                    "enough questions), on or off")
        ->check(CLI::IsMember({"auto", "on", "off"}))
        ->capture_default_str();
    command.add_option("--passages", train->passages, "Passages that are read for a question")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    add_json(command, train->common);
    command.callback([train, &run_command] { run_command = [train] { return run(*train); }; });
}

}  // namespace lectern::app
