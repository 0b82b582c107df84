#include "engine/search/query.hpp"

#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/request_fields.hpp"
#include "engine/answers/answer_steps.hpp"
#include "engine/answers/conversation.hpp"
#include "engine/answers/originals.hpp"
#include "engine/search/choose.hpp"
#include "engine/search/query_graph.hpp"
#include "engine/search/request.hpp"
#include "engine/search/search_steps.hpp"
#include "engine/search/similar.hpp"

namespace lectern {
namespace {

host::Interrupt interrupt(const std::stop_token& stop,
                          const std::optional<std::chrono::milliseconds>& deadline) {
    host::Interrupt out{.stop = stop};
    if (deadline) out.deadline = Clock::now() + *deadline;
    return out;
}

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// What is searched with: a text, a vector, both, or a document.
Status check_question(const QueryContext& context, std::string_view text,
                      const SearchOptions& options) {
    if (!options.similar.empty()) {
        if (!options.vector.empty())
            return {Code::invalid_argument,
                    "'similar' and a vector are two things to search with; leave one out"};
        if (options.summaries != Summaries::none)
            return {Code::invalid_argument,
                    "summaries need a text: it says what they are to tell; leave out 'similar'"};
        return text.empty() ? Status() : check_query(text);
    }
    if (options.vector.empty()) return check_query(text);
    LECTERN_TRY(context.pipeline.needs_vectors("a search with a vector"));
    LECTERN_TRY(check_vector(options.vector, context.pipeline.embedder().dimension));
    if (!text.empty()) return check_query(text);
    if (options.mode.value_or(SearchMode::dense) != SearchMode::dense)
        return {Code::invalid_argument,
                "a " + std::string(name(*options.mode)) + " search needs a text beside the vector"};
    if (options.summaries != Summaries::none)
        return {Code::invalid_argument,
                "summaries need a text beside the vector: it says what they are to tell"};
    return {};
}

}  // namespace

Result<SearchResult> run_search(const QueryContext& context, std::string_view text,
                                const SearchOptions& options) {
    const Clock::time_point begin = Clock::now();
    LECTERN_TRY(check_question(context, text, options));
    // A program's own time may be over before it asks: that is late, and no mistake in the options.
    if (options.deadline && options.deadline->count() <= 0)
        return Status{Code::deadline_exceeded, "the deadline has passed"};
    LECTERN_TRY(fits(api::search_options(), options));
    if (options.summaries != Summaries::none) {
        if (!context.pipeline.can_read())
            return Status{Code::unsupported,
                          "the pipeline '" + context.pipeline.config().name +
                              "' has no reader, so it writes no summaries; use a pipeline with a "
                              "reader such as 'bert'"};
        LECTERN_TRY(context.pipeline.prepare_answers(Answers::written));
    } else if (context.pipeline.has_reranker() && !text.empty()) {
        LECTERN_TRY(context.pipeline.prepare_answers(Answers::quoted));
    }
    Request request(context, text, interrupt(options.stop, options.deadline), options.k,
                    !options.chunks);
    request.filter = options.filter;
    request.facets = options.facets;
    request.vector = options.vector;
    request.min_score = options.min_score;
    if (options.sort.empty()) request.offset = options.offset;
    request.reading = {options.plain, options.prefix,
                       options.typos.value_or(context.pipeline.config().search.typos),
                       context.pipeline.synonyms()};
    SearchOptions adjusted = options;
    const bool like = !options.similar.empty();
    if (text.empty() && !like) adjusted.mode = SearchMode::dense;
    if (!options.sort.empty()) {
        LECTERN_ASSIGN(request.sort, parse_sort(options.sort));
        request.k = std::max<std::size_t>(
            request.k, options.candidates.value_or(context.pipeline.config().search.candidates));
        adjusted.k = request.k;
    }
    LECTERN_ASSIGN(request.ranking, ranking_of(context, adjusted, !text.empty() && !like));
    if (!like && options.vector.empty()) open_branches(request, adjusted);
    if (like) LECTERN_TRY(look_like(request, options.similar));
    if (request.ranking.mode == SearchMode::lexical && !options.vector.empty())
        return Status{Code::invalid_argument,
                      "a lexical search uses no vector; leave it out, or choose the mode dense or "
                      "hybrid"};
    oneapi::tbb::task_arena arena(static_cast<int>(context.threads));
    arena.execute([&] {
        QueryGraph graph;
        add_search_steps(graph, request, false);
        graph.run();
    });
    LECTERN_TRY(request.status());
    SearchResult out;
    leave_out_weak(request);
    const bool after_the_last =
        request.sort && options.offset >= request.k && request.hits.size() >= request.k;
    if (!request.is_page) cut_page(options.offset, options.k, request.hits);
    if (options.summaries != Summaries::none) {
        if (options.on_hits) options.on_hits(request.hits);
        Result<std::vector<Summary>> summaries = std::vector<Summary>{};
        arena.execute([&] { summaries = summarize_hits(request, options); });
        LECTERN_ASSIGN(out.summaries, std::move(summaries));
    }
    out.hits = std::move(request.hits);
    out.facets = std::move(request.narrowed.facets);
    out.hints = std::move(request.narrowed.hints);
    if (after_the_last)
        out.hints.push_back("only the " + std::to_string(request.k) +
                            " best hits are put in the order of a field, and 'offset' leaves out "
                            "all of them; 'candidates' says how many they are");
    out.timing = {milliseconds_since(begin), request.counters.table()};
    return out;
}

namespace {

// Of the ways in which a question that leans on an earlier one can be meant: from this confidence
// on the first is taken at its word, and a later one must be better by as much as `clearly`.
constexpr double sure = 0.85;
constexpr double clearly = 0.1;

// Searches for one wording of the question, and reads.
Result<std::unique_ptr<Request>> find_evidence(const QueryContext& context,
                                               std::string_view wording, const AskOptions& options,
                                               const host::Interrupt& interrupt) {
    LECTERN_TRY(check_query(wording));
    const host::Stage& reader = *context.pipeline.reader();
    auto request = std::make_unique<Request>(context, wording, interrupt,
                                             context.pipeline.config().answer.passages, false);
    request->ask = options;
    request->filter = options.filter;
    request->reading = {.plain = true,
                        .typos = context.pipeline.config().search.typos,
                        .synonyms = context.pipeline.synonyms()};
    LECTERN_ASSIGN(request->ranking, ranking_of(context, {.k = request->k}, true));
    open_branches(*request, {.k = request->k});
    QueryGraph graph;
    add_search_steps(graph, *request, true);
    graph.add(*request, reader.name(), [&](StageCounter&) { return read(*request, reader); });
    for (const host::Stage* stage : context.pipeline.evidence_customs())
        graph.add(*request, stage->name(), [&request, stage](StageCounter& counter) {
            return choose_evidence(*request, *stage, counter);
        });
    graph.run();
    LECTERN_TRY(request->status());
    return request;
}

// The wording that the collection answers best.
Result<std::unique_ptr<Request>> find_best(const QueryContext& context,
                                           const std::vector<std::string>& wordings,
                                           const AskOptions& options,
                                           const host::Interrupt& interrupt, std::string& asked) {
    std::unique_ptr<Request> best;
    const auto value = [](const Request& request) {
        return request.abstained ? request.confidence - 1 : request.confidence;
    };
    for (const std::string& wording : wordings) {
        LECTERN_ASSIGN(auto found, find_evidence(context, wording, options, interrupt));
        const bool better = best == nullptr || value(*found) > value(*best) + clearly;
        if (best != nullptr)
            (better ? found : best)->counters.add_all((better ? best : found)->counters);
        if (better) {
            best = std::move(found);
            asked = wording;
        }
        if (value(*best) >= sure) break;
    }
    return best;
}

}  // namespace

Result<Answer> run_ask(const QueryContext& context, std::string_view question,
                       const AskOptions& options) {
    const Clock::time_point begin = Clock::now();
    LECTERN_TRY(check_query(question));
    if (!context.pipeline.can_read())
        return Status{Code::unsupported,
                      "the pipeline '" + context.pipeline.config().name +
                          "' has no reader, so it answers no questions; use search, or a pipeline "
                          "with a reader such as 'bert'"};
    LECTERN_TRY(
        context.pipeline.prepare_answers(options.extractive ? Answers::quoted : Answers::written));
    const host::Stage* generator = options.extractive ? nullptr : context.pipeline.generator();
    const host::Stage* translator = nullptr;
    if (!options.language.empty()) {
        LECTERN_ASSIGN(translator, context.pipeline.translator(options.language));
    }
    const host::Interrupt until = interrupt(options.stop, options.deadline);
    std::vector<std::string> wordings{std::string(question)};
    if (!options.history.empty()) wordings = standing_alone(question, options.history);
    std::string asked;
    std::unique_ptr<Request> found;
    std::vector<Citation> evidence;  // as it is shown
    const auto work = [&]() -> Status {
        LECTERN_ASSIGN(found, find_best(context, wordings, options, until, asked));
        Request& request = *found;
        if (options.on_question && asked != question) options.on_question(asked);
        if (!request.abstained) {
            evidence = request.evidence;
            LECTERN_TRY(cite_originals(context, evidence));
            if (options.on_evidence) options.on_evidence(evidence);
        }
        if (until.stopped()) return {Code::cancelled, "cancelled"};
        if (until.late()) return {Code::deadline_exceeded, "the deadline has passed"};
        StageCounter& written =
            request.counters.get(generator == nullptr ? "quote" : generator->name());
        request.translator = translator;
        return answer(request, generator, written);
    };
    oneapi::tbb::task_arena arena(static_cast<int>(context.threads));
    Status done;
    arena.execute([&] { done = work(); });
    LECTERN_TRY(done);
    Request& request = *found;

    Answer out;
    out.confidence = request.confidence;
    out.status = request.abstained ? AnswerStatus::abstained : request.written.status;
    out.text = std::move(request.written.text);
    if (!request.abstained && !request.evidence_answers.empty() && request.evidence_answers.front())
        out.span = std::move(request.evidence_answers.front()->span);
    if (out.span) LECTERN_TRY(cite_original(context, *out.span));
    for (const unsigned n : request.written.cited) out.citations.push_back(evidence[n - 1]);
    if (!out.text.empty()) out.language = options.language;
    out.original = std::move(request.written.original);
    out.hits = std::move(request.hits);
    out.generated_tokens = request.written.generated_tokens;
    out.dropped_sentences = request.written.dropped_sentences;
    out.hints = std::move(request.narrowed.hints);
    std::move(request.written.hints.begin(), request.written.hints.end(),
              std::back_inserter(out.hints));
    out.timing = {milliseconds_since(begin), request.counters.table()};
    if (!options.history.empty()) out.question = std::move(asked);
    return out;
}

}  // namespace lectern
