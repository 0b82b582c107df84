#include "engine/insight/insight.hpp"

#include <string>
#include <utility>
#include <vector>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/search/rerank.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

Status check_text(std::string_view text, const std::string& what) {
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return {Code::invalid_argument,
                what + " is not valid UTF-8 at byte " + std::to_string(bad)};
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return {Code::invalid_argument, what + " has a NUL byte at offset " + std::to_string(nul)};
    return {};
}

// Which texts have more tokens than the model reads; a failure that names the first of them when
// they are to be refused.
Result<std::vector<std::size_t>> longer_than_the_model(const Pipeline& pipeline,
                                                       std::span<const std::string> texts,
                                                       EmbedAs purpose, TooLong too_long,
                                                       const std::stop_token& stop) {
    const EmbedderInfo& embedder = pipeline.embedder();
    std::vector<std::size_t> out;
    if (embedder.max_tokens == 0) return out;
    const std::string& prefix =
        purpose == EmbedAs::query ? embedder.query_prefix : embedder.passage_prefix;
    // Few texts are near the limit. A byte gives less than four tokens.
    std::vector<std::size_t> which;
    std::vector<std::string> whole;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (prefix.size() + texts[i].size() <= embedder.max_tokens / 4) continue;
        which.push_back(i);
        whole.push_back(prefix + texts[i]);
    }
    const std::vector<std::string_view> views(whole.begin(), whole.end());
    LECTERN_ASSIGN(const auto counts, pipeline.count_tokens(views, {.stop = stop}));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] <= embedder.max_tokens) continue;
        if (too_long == TooLong::refuse)
            return Status{Code::resource_exhausted,
                          "text " + std::to_string(which[i]) + " has " + std::to_string(counts[i]) +
                              " tokens, and the model reads " +
                              std::to_string(embedder.max_tokens) + " of one text"};
        out.push_back(which[i]);
    }
    return out;
}

}  // namespace

Result<Embeddings> run_embed(const Pipeline& pipeline, std::span<const std::string> texts,
                             EmbedAs purpose, std::stop_token stop, TooLong too_long) {
    LECTERN_TRY(pipeline.needs_vectors("embedding texts"));
    std::vector<std::string_view> views;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        LECTERN_TRY(check_text(texts[i], "text " + std::to_string(i)));
        views.emplace_back(texts[i]);
    }
    Embeddings out;
    out.dimension = pipeline.embedder().dimension;
    out.max_tokens = pipeline.embedder().max_tokens;
    if (texts.empty()) return out;
    LECTERN_ASSIGN(out.cut, longer_than_the_model(pipeline, texts, purpose, too_long, stop));
    Counters counters;
    StageCounter& tokens = counters.add(pipeline.tokenizer_name());
    StageCounter& vectors = counters.add(pipeline.embedder_name());
    LECTERN_ASSIGN(
        out.values,
        pipeline.embed_texts(views, purpose == EmbedAs::query ? Purpose::query : Purpose::passage,
                             {.stop = std::move(stop)}, {&tokens, &vectors}));
    out.tokens = tokens.tokens;
    out.stages = counters.table();
    return out;
}

Result<Reranked> run_rerank(Pipeline& pipeline, std::string_view query,
                            std::span<const std::string> passages, std::stop_token stop) {
    LECTERN_TRY(check_text(query, "the query"));
    for (std::size_t i = 0; i < passages.size(); ++i)
        LECTERN_TRY(check_text(passages[i], "passage " + std::to_string(i)));
    if (!pipeline.has_reranker())
        return Status{Code::unsupported,
                      "the pipeline '" + pipeline.config().name + "' has no reranker"};
    LECTERN_TRY(pipeline.prepare_answers(Answers::quoted));
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        Hit hit;
        hit.chunk = i;
        hit.text = passages[i];
        hits.push_back(std::move(hit));
    }
    Counters counters;
    StageCounter& counter = counters.add(pipeline.reranker()->name());
    {
        const Busy busy(counter, hits.size());
        LECTERN_TRY(rerank(*pipeline.reranker(), query, {.stop = stop},
                           {.hits = hits.size(), .milliseconds = 0}, hits));
    }
    if (stop.stop_requested()) return Status{Code::cancelled, "cancelled"};
    Reranked out;
    out.scores.resize(passages.size());
    for (const Hit& hit : hits) out.scores[hit.chunk] = hit.score;
    out.stages = counters.table();
    return out;
}

Result<Generated> run_generate(Pipeline& pipeline, std::span<const Message> messages,
                               const GenerateOptions& options, std::string_view grammar) {
    if (messages.empty()) return Status{Code::invalid_argument, "there is no message to answer"};
    for (std::size_t i = 0; i < messages.size(); ++i)
        LECTERN_TRY(check_text(messages[i].text, "message " + std::to_string(i)));
    LECTERN_TRY(pipeline.prepare_answers(Answers::written));
    const host::Stage* generator = pipeline.generator();
    if (generator == nullptr)
        return Status{Code::unsupported,
                      "the pipeline '" + pipeline.config().name + "' has no generator"};

    std::vector<lectern_message> given;
    for (const Message& message : messages)
        given.push_back({sizeof(lectern_message), static_cast<std::uint32_t>(message.role),
                         span(message.text)});
    std::vector<lectern_text> ends;
    for (const std::string& text : options.stop_texts) ends.push_back(span(text));
    lectern_generation generation{};
    generation.max_tokens = options.max_tokens;
    generation.messages = given.data();
    generation.message_count = given.size();
    generation.temperature = options.temperature;
    generation.top_p = options.top_p;
    generation.seed = options.seed;
    generation.stop = ends.data();
    generation.stop_count = ends.size();
    generation.grammar = span(grammar);
    std::string text;
    const auto taker = [&](std::string_view piece) {
        text += piece;
        return !options.on_text || options.on_text(piece);
    };
    host::Generation report;

    host::Interrupt interrupt{.stop = options.stop};
    if (options.deadline) interrupt.deadline = Clock::now() + *options.deadline;
    Counters counters;
    StageCounter& counter = counters.add(generator->name());
    {
        const Busy busy(counter);
        LECTERN_TRY(host::generate(*generator, interrupt, generation, taker, report));
    }
    counter.tokens += report.answer_tokens;
    return Generated{std::move(text), report.prompt_tokens, report.answer_tokens, report.truncated,
                     counters.table()};
}

}  // namespace lectern
