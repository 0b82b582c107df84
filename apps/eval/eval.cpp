// lectern eval: how good are search and answers on the user's own judgements?
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"
#include "apps/eval/answers_run.hpp"
#include "apps/eval/hold_out.hpp"
#include "apps/eval/measures/bootstrap.hpp"
#include "apps/eval/measures/files.hpp"
#include "apps/eval/measures/metrics.hpp"
#include "apps/eval/search_run.hpp"
#include "apps/eval/setting.hpp"
#include "apps/eval/tune_run.hpp"
#include "apps/shared/percentile.hpp"

namespace lectern::app {
namespace {

using evaluation::metric_names;
using evaluation::QueryScores;
using evaluation::Scores;

struct Eval {
    Common common;
    std::string queries;
    std::string judgements;
    std::string run;
    std::string write_run;
    std::string per_query;
    std::string compare;
    std::size_t depth = 100;
    std::size_t limit = 0;
    evaluation::BootstrapOptions bootstrap;
    std::string filter;
    bool answers = false;
    bool extractive = false;
    bool tune = false;
    std::string measure = "ndcg@10";  // that --tune makes highest
    std::size_t folds = 5;
    std::string hold_out;  // a field; "": nothing is held out
    bool near_misses = false;
    double most_false_answers = 0.05;

    [[nodiscard]] bool held_out() const { return near_misses || !hold_out.empty(); }
};

// What was found out; each part only when it was asked for.
struct Findings {
    std::vector<QueryScores> base;
    std::vector<double> milliseconds;
    std::vector<QueryScores> other;
    std::vector<evaluation::Bootstrap> differences;  // one a measure
    std::optional<Tuning> tuning;
    std::vector<AnsweredQuestion> answers;
    std::size_t unjudged = 0;  // queries without judgements
};

bool is_file(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

Status check_options(const Eval& eval) {
    if (eval.tune && (!eval.run.empty() || !eval.compare.empty() || eval.judgements.empty()))
        return {
            Code::invalid_argument,
            "--tune searches with many settings: give it -c, --queries and --qrels, and neither "
            "--run nor --compare"};
    if (eval.judgements.empty() && !eval.answers)
        return {Code::invalid_argument, "give --qrels to measure search, --answers, or both"};
    if (!eval.answers && eval.held_out())
        return {Code::invalid_argument,
                "--hold-out and --near-misses are of answers: give --answers too"};
    if (eval.near_misses && !eval.hold_out.empty())
        return {Code::invalid_argument, "give --hold-out or --near-misses, not both"};
    const bool searches = eval.run.empty() || eval.answers;
    if (searches && eval.common.collection.empty())
        return {Code::invalid_argument,
                "a collection is needed: give -c DIR, or --run FILE to measure a run file"};
    if (searches && eval.queries.empty())
        return {Code::invalid_argument, "queries are needed: give --queries FILE"};
    if (!eval.run.empty() && !eval.compare.empty() && !is_file(eval.compare))
        return {Code::invalid_argument, "--run can be compared with another run file only, and '" +
                                            eval.compare + "' is none"};
    return {};
}

// Queries with judgements only: the others cannot be measured.
std::vector<evaluation::Query> judged(const std::vector<evaluation::Query>& queries,
                                      const evaluation::Judgements& judgements) {
    std::vector<evaluation::Query> out;
    std::copy_if(queries.begin(), queries.end(), std::back_inserter(out),
                 [&](const evaluation::Query& query) { return judgements.contains(query.id); });
    return out;
}

// One collection open at a time: a setting with another pipeline opens it anew.
class Searcher {
 public:
    explicit Searcher(const Common& common) : common_(common) {}
    Result<const Collection*> open(const std::string& pipeline) {
        if (!collection_ || pipeline != pipeline_) {
            collection_.reset();
            if (!engine_) {
                LECTERN_ASSIGN(engine_, Engine::create(engine_options(common_)));
            }
            LECTERN_ASSIGN(collection_, engine_->open(common_.collection,
                                                      {.pipeline = pipeline, .create = false}));
            pipeline_ = pipeline;
        }
        return &*collection_;
    }

 private:
    const Common& common_;
    std::optional<Engine> engine_;
    std::string pipeline_;
    std::optional<Collection> collection_;
};

Result<SearchRun> searched(const Eval& eval, Searcher& searcher, const Setting& setting,
                           const std::vector<evaluation::Query>& queries) {
    LECTERN_ASSIGN(const Collection* collection, searcher.open(setting.pipeline));
    return search_all(*collection, queries, setting, eval.depth, stop_on_interrupt());
}

Result<Tuning> tuned(const Eval& eval, const Collection& collection, const Setting& setting,
                     const std::vector<evaluation::Query>& queries,
                     const evaluation::Judgements& judgements) {
    Progress progress(!eval.common.json);
    return tune_search(
        collection, queries, judgements, setting, eval.measure, eval.depth,
        {.folds = eval.folds, .bootstrap = eval.bootstrap},
        [&](double done) { progress.show(done, "settings tried"); }, stop_on_interrupt());
}

Status measure_search(const Eval& eval, Searcher& searcher, const Setting& setting,
                      const std::vector<evaluation::Query>& all, Findings& to) {
    LECTERN_ASSIGN(evaluation::Judgements judgements, evaluation::read_judgements(eval.judgements));
    std::vector<evaluation::Query> queries;
    if (!all.empty()) {
        queries = judged(all, judgements);
        to.unjudged = all.size() - queries.size();
        if (queries.empty())
            return {Code::invalid_argument, "no query of '" + eval.queries +
                                                "' has judgements in '" + eval.judgements +
                                                "'; the query ids must be the same"};
        // Judgements of other queries are left out, as of a part of the set (--limit).
        std::erase_if(judgements, [&](const auto& item) {
            return std::none_of(queries.begin(), queries.end(),
                                [&](const auto& query) { return query.id == item.first; });
        });
    }
    SearchRun base;
    if (eval.run.empty()) {
        LECTERN_ASSIGN(const Collection* collection, searcher.open(setting.pipeline));
        LECTERN_TRY(check_ids(*collection, judgements));
        if (eval.tune) {
            LECTERN_ASSIGN(to.tuning, tuned(eval, *collection, setting, queries, judgements));
            to.base = to.tuning->base;
            return {};
        }
        LECTERN_ASSIGN(base, searched(eval, searcher, setting, queries));
    } else {
        LECTERN_ASSIGN(base.run, evaluation::read_run(eval.run));
    }
    to.base = evaluation::score(base.run, judgements);
    to.milliseconds = std::move(base.milliseconds);
    if (!eval.write_run.empty())
        LECTERN_TRY(evaluation::write_run(eval.write_run, base.run, "lectern"));
    if (eval.compare.empty()) return {};

    SearchRun other;
    if (is_file(eval.compare)) {
        LECTERN_ASSIGN(other.run, evaluation::read_run(eval.compare));
    } else {
        LECTERN_ASSIGN(const Setting varied, parse_setting(eval.compare, setting));
        LECTERN_ASSIGN(other, searched(eval, searcher, varied, queries));
    }
    to.other = evaluation::score(other.run, judgements);
    for (std::size_t m = 0; m < metric_names.size(); ++m) {
        std::vector<double> left;
        std::vector<double> right;
        for (const QueryScores& query : to.base) left.push_back(query.scores[m]);
        for (const QueryScores& query : to.other) right.push_back(query.scores[m]);
        to.differences.push_back(evaluation::paired_bootstrap(left, right, eval.bootstrap));
    }
    return {};
}

boost::json::object named(const Scores& scores) {
    boost::json::object out;
    for (std::size_t m = 0; m < scores.size(); ++m) out[metric_names[m]] = scores[m];
    return out;
}

// One JSON object a line for each query, by id.
Status write_per_query(const Eval& eval, const Findings& found) {
    std::map<std::string, boost::json::object> rows;
    for (std::size_t i = 0; i < found.base.size(); ++i) {
        boost::json::object& row = rows[found.base[i].query];
        row = named(found.base[i].scores);
        row["relevant"] = found.base[i].relevant;
        row["retrieved"] = found.base[i].retrieved;
        if (!found.other.empty()) row["compare"] = named(found.other[i].scores);
    }
    for (const AnsweredQuestion& answer : found.answers)
        rows[answer.query][!eval.held_out() || answer.scores.answerable ? "answer" : "held_out"] =
            json_of(answer);
    std::ofstream out(eval.per_query, std::ios::binary | std::ios::trunc);
    for (auto& [query, row] : rows) {
        boost::json::object line{{"query", api::clean(query)}};
        for (auto& [key, value] : row) line[key] = std::move(value);
        out << api::json_text(line) << '\n';
    }
    out.close();
    if (!out) return {Code::internal, "cannot write '" + eval.per_query + "'"};
    return {};
}

boost::json::object report(const Eval& eval, const Findings& found) {
    boost::json::object out;
    if (!found.base.empty()) {
        out["queries"] = found.base.size();
        out["unjudged"] = found.unjudged;
        out["metrics"] = named(evaluation::mean(found.base));
        if (!found.milliseconds.empty())
            out["search_milliseconds"] =
                boost::json::object{{"p50", percentile(found.milliseconds, 0.50)},
                                    {"p95", percentile(found.milliseconds, 0.95)}};
    }
    if (!found.other.empty()) {
        boost::json::object differences;
        for (std::size_t m = 0; m < metric_names.size(); ++m) {
            const evaluation::Bootstrap& one = found.differences[m];
            differences[metric_names[m]] = boost::json::object{{"difference", one.difference},
                                                               {"low", one.low},
                                                               {"high", one.high},
                                                               {"p", one.p},
                                                               {"better", one.better},
                                                               {"worse", one.worse}};
        }
        out["compare"] = boost::json::object{
            {"with", api::clean(eval.compare)},
            {"metrics", named(evaluation::mean(found.other))},
            {"bootstrap", boost::json::object{{"samples", eval.bootstrap.samples},
                                              {"seed", eval.bootstrap.seed},
                                              {"interval", 0.95},
                                              {"differences", std::move(differences)}}}};
    }
    if (found.tuning) out["tune"] = json_of(*found.tuning);
    if (!found.answers.empty()) out["answers"] = answers_report(found.answers);
    if (!found.answers.empty() && eval.held_out())
        out["thresholds"] = thresholds_report(found.answers, eval.most_false_answers);
    return out;
}

void print_report(const Eval& eval, const Findings& found) {
    if (!found.base.empty()) {
        std::printf("%zu queries", found.base.size());
        if (!found.milliseconds.empty())
            std::printf(", two at a time; a search took %.1f ms (median), %.1f ms (95 %%)",
                        percentile(found.milliseconds, 0.50), percentile(found.milliseconds, 0.95));
        std::printf("\n");
        const Scores base = evaluation::mean(found.base);
        if (found.tuning) {
            print_tuning(*found.tuning);
        } else if (found.other.empty()) {
            for (std::size_t m = 0; m < base.size(); ++m)
                std::printf("%-12s %8.4f\n", std::string(metric_names[m]).c_str(), base[m]);
        } else {
            const Scores other = evaluation::mean(found.other);
            std::printf("compared with %s\n%-12s %8s %8s %11s %21s %8s %7s %6s\n",
                        eval.compare.c_str(), "", "this", "that", "difference", "95 % interval",
                        "p", "better", "worse");
            for (std::size_t m = 0; m < base.size(); ++m) {
                const evaluation::Bootstrap& one = found.differences[m];
                std::printf("%-12s %8.4f %8.4f %+11.4f [%+9.4f,%+9.4f] %8.4f %7zu %6zu\n",
                            std::string(metric_names[m]).c_str(), base[m], other[m], one.difference,
                            one.low, one.high, one.p, one.better, one.worse);
            }
        }
    }
    if (found.unjudged > 0)
        std::printf("%zu queries have no judgements and were left out\n", found.unjudged);
    if (!found.answers.empty()) print_answers_report(found.answers);
    if (!found.answers.empty() && eval.held_out())
        print_thresholds_report(found.answers, eval.most_false_answers);
}

Result<Findings> measure(const Eval& eval) {
    LECTERN_TRY(check_options(eval));
    Setting setting;
    setting.pipeline = eval.common.pipeline;
    setting.search.filter = eval.filter;
    // A wrong setting is found before the work is done.
    if (!eval.compare.empty() && !is_file(eval.compare))
        LECTERN_TRY(parse_setting(eval.compare, setting).status());
    std::vector<evaluation::Query> queries;
    if (!eval.queries.empty()) {
        LECTERN_ASSIGN(queries, evaluation::read_queries(eval.queries));
        if (eval.limit > 0 && eval.limit < queries.size()) queries.resize(eval.limit);
    }
    Findings out;
    Searcher searcher(eval.common);
    if (!eval.judgements.empty())
        LECTERN_TRY(measure_search(eval, searcher, setting, queries, out));
    if (eval.answers) {
        LECTERN_ASSIGN(const Collection* collection, searcher.open(setting.pipeline));
        AskOptions ask;
        ask.extractive = eval.extractive;
        auto asked = asked_of(queries, eval.filter);
        if (eval.near_misses) {
            LECTERN_ASSIGN(asked, near_misses(*collection, queries, eval.filter));
        } else if (!eval.hold_out.empty()) {
            LECTERN_ASSIGN(asked, hold_out(*collection, queries, eval.hold_out, eval.filter));
        }
        LECTERN_ASSIGN(out.answers, ask_all(*collection, asked, ask, stop_on_interrupt()));
    }
    if (!eval.per_query.empty()) LECTERN_TRY(write_per_query(eval, out));
    return out;
}

int run(const Eval& eval) {
    const auto found = measure(eval);
    if (!found) return fail(found.status());
    if (eval.common.json)
        print(report(eval, *found));
    else
        print_report(eval, *found);
    return Exit::done;
}

}  // namespace

void add_eval(CLI::App& program, Run& run_command) {
    auto eval = std::make_shared<Eval>();
    CLI::App& command = *program.add_subcommand(
        "eval", "Measure search and answers on your own queries and judgements");
    command.add_option("-c,--collection", eval->common.collection,
                       "The collection's folder (not needed with --run)");
    add_folders(command, eval->common);
    command.add_option("--pipeline", eval->common.pipeline,
                       "Another pipeline with the same vectors");
    command.add_option("--queries", eval->queries,
                       "JSON lines with _id and text, as BEIR has them; for --answers also "
                       "answers, answer_starts and doc");
    command.add_option("--qrels", eval->judgements,
                       "Judgements: BEIR's TSV or TREC qrels; without it only --answers");
    command.add_option("-k", eval->depth, "Documents searched for each query")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    command.add_option("--limit", eval->limit, "Only the first queries (0: all)");
    command.add_option("--run", eval->run, "Measure this TREC run file; nothing is searched");
    command.add_option("--write-run", eval->write_run, "Write what was found as a TREC run file");
    command.add_option("--per-query", eval->per_query,
                       "Write the figures of each query, as JSON "
                       "lines");
    command.add_option("--compare", eval->compare,
                       "A TREC run file, or settings to search with instead (pipeline=NAME, "
                       "filter=EXPRESSION): "
                       "differences with a paired bootstrap");
    command.add_flag("--tune", eval->tune,
                     "Search with each mode, fusion and weight, and say which to put into the "
                     "pipeline, by cross-validation");
    command.add_option("--measure", eval->measure, "What --tune makes highest")
        ->capture_default_str();
    command.add_option("--folds", eval->folds, "Of --tune's cross-validation")
        ->capture_default_str()
        ->check(CLI::Range(2, 100));
    command.add_option("--seed", eval->bootstrap.seed, "Of the bootstrap and the folds")
        ->capture_default_str();
    command.add_option("--samples", eval->bootstrap.samples, "Of the bootstrap")
        ->capture_default_str()
        ->check(CLI::Range(100, 10000000));
    command.add_flag("--answers", eval->answers, "Ask the queries that carry answers");
    command.add_flag("--extractive", eval->extractive,
                     "With --answers: quote only; never start the generator");
    command
        .add_option("--hold-out", eval->hold_out,
                    "With --answers: ask every question also of the half of the documents that "
                    "has not its answer; documents with the same FIELD (title, id, a key of the "
                    "metadata) stay in one half")
        ->type_name("FIELD");
    command.add_flag("--near-misses", eval->near_misses,
                     "With --answers: ask every question also of all documents but its own (doc)");
    command
        .add_option("--most-false-answers", eval->most_false_answers,
                    "With --hold-out or --near-misses: the share of false answers that thresholds "
                    "are chosen for")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0));
    add_filter(command, eval->filter);
    add_json(command, eval->common);
    command.callback([eval, &run_command] { run_command = [eval] { return run(*eval); }; });
}

}  // namespace lectern::app
