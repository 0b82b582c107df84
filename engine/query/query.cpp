#include "engine/query/query.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/answer/writer.hpp"
#include "engine/query/rerank.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

namespace flow = oneapi::tbb::flow;
using host::CallContext;

constexpr std::size_t max_query_bytes = 64 * 1024;
constexpr std::size_t max_k = 10'000;

lectern_text span(std::string_view value) {
    return {value.data(), value.size()};
}

Status check_query(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return {Code::invalid_argument, "the query is empty"};
    if (text.size() > max_query_bytes)
        return {Code::invalid_argument, "the query has " + std::to_string(text.size()) +
                                            " bytes; the limit is " +
                                            std::to_string(max_query_bytes)};
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return {Code::invalid_argument,
                "the query has a NUL byte at offset " + std::to_string(nul)};
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return {Code::invalid_argument,
                "the query is not valid UTF-8 at byte " + std::to_string(bad)};
    return {};
}

// One request on its way through the graph. One node at a time works on it.
struct Request {
    Request(const QueryContext& where, std::string_view what, host::Interrupt when,
            std::size_t hits_wanted, bool one_each)
        : context(where),
          text(what),
          interrupt(std::move(when)),
          k(hits_wanted),
          one_per_document(one_each) {}

    const QueryContext& context;
    std::string text;
    host::Interrupt interrupt;
    std::size_t k;
    bool one_per_document;

    Counters counters;
    Status status;
    TokenBatch tokens{0};
    std::vector<float> vector;
    std::vector<Hit> hits;
    std::vector<Citation> evidence;  // n is its mark
    std::string filter;
    std::vector<std::string> facets;
    std::optional<SortField> sort;
    Narrowed narrowed;
    double confidence = 0;
    Written written;
    AskOptions ask;
    bool abstained = false;
};

// ------------------------------------------------------------------ stages

Status rewrite(Request& request, const host::Stage& stage) {
    struct Records {
        std::optional<std::string> text;
    } records;
    const lectern_document_sink sink{
        sizeof(lectern_document_sink), 0, &records,
        [](const lectern_document_sink* face, const lectern_document* document) -> lectern_code {
            auto& to = *static_cast<Records*>(face->host_data);
            if (!to.text)
                to.text = document->text.size == 0
                              ? std::string()
                              : std::string(document->text.data, document->text.size);
            return LECTERN_OK;
        },
        [](const lectern_document_sink*, lectern_text, lectern_code, lectern_text) {}};
    const lectern_document record{sizeof(lectern_document), 0, {}, {}, span(request.text), {}};
    CallContext call(request.interrupt);
    LECTERN_TRY(
        call.status(stage.table<lectern_custom>()->process(stage.get(), call.get(), &record, &sink),
                    stage.describe()));
    if (!records.text) return {Code::invalid_argument, stage.describe() + " let no query through"};
    request.text = std::move(*records.text);
    return check_query(request.text).within(stage.describe());
}

Status tokenize(Request& request, StageCounter& counter) {
    const std::string_view text = request.text;
    LECTERN_ASSIGN(request.tokens, request.context.pipeline.tokenize({&text, 1}, Purpose::query,
                                                                     request.interrupt));
    counter.tokens += request.tokens.count(0);
    return {};
}

Status embed(Request& request, StageCounter& counter) {
    const Pipeline& pipeline = request.context.pipeline;
    const lectern_tokens sequence = request.tokens.view(0);
    request.vector.assign(pipeline.embedder().dimension, 0.0F);
    std::vector<host::ItemError> failed;
    LECTERN_TRY(pipeline.embed({&sequence, 1}, Purpose::query, request.interrupt,
                               request.vector.data(), failed));
    counter.tokens += sequence.count;
    counter.slots += sequence.count;
    if (!failed.empty())
        return {failed.front().code, "the query cannot be embedded: " + failed.front().message};
    return {};
}

// Between the commit that replaces a chunk and the index's following it, the index still answers
// with the old chunk and not yet with the new one. That takes about as long as a commit's copying.
constexpr auto index_follows_within = std::chrono::milliseconds(1);
constexpr int most_repeats = 50;

// What may be found, by the filter; and the facets of that.
Status narrow(Request& request, StageCounter& counter) {
    LECTERN_ASSIGN(request.narrowed, request.context.metadata.narrow(
                                         request.context.store, request.filter, request.facets));
    if (request.narrowed.allowed) counter.items += request.narrowed.allowed->size();
    return {};
}

// Chunks by vector, joined with their documents; more are taken until there are k hits.
Status search(Request& request) {
    index::Filter filter;
    if (request.narrowed.allowed) filter.allowed = &*request.narrowed.allowed;
    const std::uint64_t all = filter.allowed != nullptr ? filter.allowed->size()
                                                        : request.context.index.statistics().rows;
    // A reranker has more to choose from than what is wanted at the end.
    const config::SearchConfig& config = request.context.pipeline.config().search;
    const std::size_t k = request.context.pipeline.has_reranker()
                              ? std::max<std::size_t>(config.rerank, request.k)
                              : request.k;
    std::size_t wanted = std::max<std::size_t>(config.candidates, k);
    for (int repeats = 0;;) {
        if (request.interrupt.stopped()) return {Code::cancelled, "cancelled"};
        if (request.interrupt.late()) return {Code::deadline_exceeded, "the deadline has passed"};
        LECTERN_ASSIGN(const auto scored,
                       request.context.index.search(request.vector, wanted, filter));
        // Made after the index has answered, so that it has every chunk the index knows of.
        const storage::Reader reader = request.context.store.reader();
        std::vector<storage::ChunkId> ids;
        ids.reserve(scored.size());
        for (const index::Scored& row : scored) ids.push_back(row.chunk);
        LECTERN_ASSIGN(auto views, reader.chunk_views(ids, false));
        std::unordered_set<storage::Ordinal> seen;
        request.hits.clear();
        std::vector<storage::ChunkId> taken;
        bool gone = false;  // a chunk among the best has left the store since the index answered
        for (std::size_t i = 0; i < scored.size() && taken.size() < k; ++i) {
            if (!views[i]) {
                gone = true;
                continue;
            }
            // Another hit of a document that has one.
            if (request.one_per_document && !seen.insert(views[i]->chunk.document).second) continue;
            taken.push_back(scored[i].chunk);
            request.hits.emplace_back().score = scored[i].score;
        }
        if (gone && repeats < most_repeats) {
            ++repeats;
            std::this_thread::sleep_for(index_follows_within);
            continue;
        }
        if (taken.size() < k && scored.size() >= wanted && wanted < all) {
            wanted *= 4;
            continue;
        }
        LECTERN_ASSIGN(auto texts, reader.chunk_views(taken, true));
        for (std::size_t i = 0; i < taken.size(); ++i) {
            Hit& hit = request.hits[i];
            storage::ChunkView& chunk = *texts[i];
            hit.document = std::move(chunk.document);
            hit.chunk = chunk.chunk.id;
            hit.title = std::move(chunk.title);
            hit.text = std::move(chunk.text);
            hit.begin = chunk.chunk.begin;
            hit.end = chunk.chunk.end;
            hit.metadata = chunk.metadata.empty() ? "{}" : std::move(chunk.metadata);
        }
        return {};
    }
}

// Names with a number in them ("GPT-4", "RFC9457") say exactly what is asked about: evidence about
// their neighbours does not answer. True when the evidence has all of the question's.
bool names_the_asked(std::string_view question, const std::vector<Citation>& evidence) {
    std::string known;
    for (const Citation& item : evidence)
        known += text::fold(item.title) + "\n" + text::fold(item.quote) + "\n";
    constexpr std::string_view around = " \t\r\n.,;:?!\"'()[]";
    std::size_t at = 0;
    while ((at = question.find_first_not_of(around, at)) != std::string_view::npos) {
        const std::size_t end = std::min(question.find_first_of(around, at), question.size());
        const std::string word = text::fold(question.substr(at, end - at));
        at = end;
        const bool letter =
            std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        const bool digit =
            std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (letter && digit && known.find(word) == std::string::npos) return false;
    }
    return true;
}

Status read(Request& request, const host::Stage& stage) {
    if (request.hits.empty()) return {};
    std::vector<lectern_passage> passages;
    for (const Hit& hit : request.hits)
        passages.push_back({sizeof(lectern_passage), hit.score, span(hit.title), span(hit.text)});
    struct Found {
        Request* request;
        bool valid = true;
    } found{&request};
    const lectern_evidence_sink sink{
        sizeof(lectern_evidence_sink), 0, &found,
        [](const lectern_evidence_sink* face, const lectern_evidence* evidence) -> lectern_code {
            auto& to = *static_cast<Found*>(face->host_data);
            std::vector<Hit>& hits = to.request->hits;
            const auto boundary = [](const std::string& text, std::uint64_t at) {
                return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
            };
            if (evidence->passage >= hits.size()) return to.valid = false, LECTERN_INTERNAL;
            const Hit& hit = hits[evidence->passage];
            if (evidence->begin >= evidence->end || evidence->end > hit.text.size() ||
                !boundary(hit.text, evidence->begin) || !boundary(hit.text, evidence->end))
                return to.valid = false, LECTERN_INTERNAL;
            std::vector<Citation>& all = to.request->evidence;
            const std::uint64_t begin = hit.begin + evidence->begin;
            const std::uint64_t end = hit.begin + evidence->end;
            // Chunks may overlap: the same sentence counts once.
            for (const Citation& other : all)
                if (other.document == hit.document && begin < other.end && other.begin < end)
                    return LECTERN_OK;
            if (all.empty()) to.request->confidence = evidence->score;
            all.push_back({static_cast<unsigned>(all.size() + 1), hit.document, hit.title, begin,
                           end, hit.text.substr(evidence->begin, evidence->end - evidence->begin)});
            return LECTERN_OK;
        }};
    CallContext call(request.interrupt);
    const Status status = call.status(
        stage.table<lectern_reader>()->read(
            stage.get(), call.get(), span(request.text), passages.data(), passages.size(),
            request.context.pipeline.config().answer.max_evidence, &sink),
        stage.describe());
    if (!found.valid)
        return {Code::internal,
                stage.describe() + " gave evidence that is not a byte range of its passage"};
    LECTERN_TRY(status);
    request.abstained =
        request.evidence.empty() ||
        request.confidence < request.context.pipeline.config().answer.abstain_below ||
        !names_the_asked(request.text, request.evidence);
    return {};
}

Status answer(Request& request, const host::Stage* generator, StageCounter& writing,
              StageCounter& verifying) {
    if (request.evidence.empty()) request.abstained = true;
    if (request.abstained) return {};
    std::vector<NumberedEvidence> evidence;
    for (const Citation& item : request.evidence)
        evidence.push_back({item.n, item.quote, item.title});
    const WriterRequest writer{request.text,
                               evidence,
                               request.context.pipeline.config().answer.max_tokens,
                               request.ask.on_text,
                               request.interrupt,
                               {request.context.pipeline.verifier(),
                                request.context.pipeline.config().answer.min_entailment}};
    if (generator == nullptr) {
        const Busy busy(writing);
        request.written = quote(writer, 2);
        return {};
    }
    LECTERN_ASSIGN(request.written, write(*generator, writer, writing, verifying));
    for (const std::string& reason : request.written.reasons)
        if (request.context.log) request.context.log(LogLevel::debug, "verify", reason);
    return {};
}

// ------------------------------------------------------------------- graph

// The steps as nodes in a row. A step is skipped once one has failed.
class QueryGraph {
 public:
    void add(Request& request, std::string_view stage, std::function<Status(StageCounter&)> body) {
        StageCounter& counter = request.counters.get(stage);
        add([&counter, body = std::move(body)] {
            const Busy busy(counter);
            return body(counter);
        });
    }
    // A step that counts for itself.
    void add(std::function<Status()> body) {
        Node& node = nodes_.emplace_back(
            graph_, flow::serial, [body = std::move(body)](Request* at) -> Request* {
                if (!at->status.ok()) return at;
                if (at->interrupt.stopped()) {
                    at->status = {Code::cancelled, "cancelled"};
                } else if (at->interrupt.late()) {
                    at->status = {Code::deadline_exceeded, "the deadline has passed"};
                } else {
                    at->status = body();
                }
                return at;
            });
        if (nodes_.size() > 1) flow::make_edge(nodes_[nodes_.size() - 2], node);
    }
    void run(Request& request) {
        nodes_.front().try_put(&request);
        graph_.wait_for_all();
    }

 private:
    using Node = flow::function_node<Request*, Request*>;
    flow::graph graph_;
    std::deque<Node> nodes_;  // nodes are not moved
};

void add_search_steps(QueryGraph& graph, Request& request) {
    Pipeline& pipeline = request.context.pipeline;
    if (!request.filter.empty() || !request.facets.empty())
        graph.add(request, "filter",
                  [&request](StageCounter& counter) { return narrow(request, counter); });
    for (const host::Stage* stage : pipeline.query_customs())
        graph.add(request, stage->name(),
                  [&request, stage](StageCounter&) { return rewrite(request, *stage); });
    graph.add(request, pipeline.tokenizer_name(),
              [&request](StageCounter& counter) { return tokenize(request, counter); });
    graph.add(request, pipeline.embedder_name(),
              [&request](StageCounter& counter) { return embed(request, counter); });
    graph.add(request, "search", [&request](StageCounter&) { return search(request); });
    if (const host::Stage* stage = pipeline.reranker(); stage != nullptr)
        graph.add(request, stage->name(), [&request, stage](StageCounter&) {
            const config::SearchConfig& config = request.context.pipeline.config().search;
            LECTERN_TRY(rerank(*stage, request.text, request.interrupt,
                               {config.rerank, config.rerank_milliseconds}, request.hits));
            if (request.hits.size() > request.k) request.hits.resize(request.k);
            return Status();
        });
    if (request.sort)
        graph.add(request, "sort", [&request](StageCounter&) {
            return request.context.metadata.sort(request.context.store, *request.sort, request.hits,
                                                 request.narrowed.hints);
        });
}

host::Interrupt interrupt(const std::stop_token& stop,
                          const std::optional<std::chrono::milliseconds>& deadline) {
    host::Interrupt out{.stop = stop};
    if (deadline) out.deadline = Clock::now() + *deadline;
    return out;
}

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

}  // namespace

Result<SearchResult> run_search(const QueryContext& context, std::string_view text,
                                const SearchOptions& options) {
    const Clock::time_point begin = Clock::now();
    LECTERN_TRY(check_query(text));
    if (options.k == 0 || options.k > max_k)
        return Status{Code::invalid_argument, "k is " + std::to_string(options.k) +
                                                  "; it must be 1 to " + std::to_string(max_k)};
    if (context.pipeline.has_reranker())
        LECTERN_TRY(context.pipeline.prepare_answers(Answers::quoted));
    Request request(context, text, interrupt(options.stop, options.deadline), options.k,
                    !options.chunks);
    request.filter = options.filter;
    request.facets = options.facets;
    if (!options.sort.empty()) {
        LECTERN_ASSIGN(request.sort, parse_sort(options.sort));
        request.k = std::max<std::size_t>(request.k, context.pipeline.config().search.candidates);
    }
    oneapi::tbb::task_arena arena(static_cast<int>(context.threads));
    arena.execute([&] {
        QueryGraph graph;
        add_search_steps(graph, request);
        graph.run(request);
    });
    LECTERN_TRY(request.status);
    SearchResult out;
    out.hits = std::move(request.hits);
    if (out.hits.size() > options.k) out.hits.resize(options.k);
    out.facets = std::move(request.narrowed.facets);
    out.hints = std::move(request.narrowed.hints);
    out.timing = {milliseconds_since(begin), request.counters.table()};
    return out;
}

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
    const host::Stage& reader = *context.pipeline.reader();
    const host::Stage* generator = options.extractive ? nullptr : context.pipeline.generator();
    Request request(context, question, interrupt(options.stop, options.deadline),
                    context.pipeline.config().answer.passages, false);
    request.ask = options;
    request.filter = options.filter;
    StageCounter* verifying = nullptr;
    oneapi::tbb::task_arena arena(static_cast<int>(context.threads));
    arena.execute([&] {
        QueryGraph graph;
        add_search_steps(graph, request);
        graph.add(request, reader.name(), [&](StageCounter&) -> Status {
            LECTERN_TRY(read(request, reader));
            if (options.on_evidence && !request.abstained) options.on_evidence(request.evidence);
            return {};
        });
        const bool quoting = generator == nullptr;
        StageCounter& written = request.counters.get(quoting ? "quote" : generator->name());
        verifying = &request.counters.get("verify");
        graph.add([&] { return answer(request, generator, written, *verifying); });
        graph.run(request);
    });
    LECTERN_TRY(request.status);

    Answer out;
    out.confidence = request.confidence;
    out.status = request.abstained ? AnswerStatus::abstained : request.written.status;
    out.text = std::move(request.written.text);
    for (const unsigned n : request.written.cited) out.citations.push_back(request.evidence[n - 1]);
    out.hits = std::move(request.hits);
    out.generated_tokens = request.written.generated_tokens;
    out.dropped_sentences = request.written.dropped_sentences;
    out.hints = std::move(request.narrowed.hints);
    out.timing = {milliseconds_since(begin), request.counters.table()};
    return out;
}

}  // namespace lectern
