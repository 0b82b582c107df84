#include "engine/insight/models.hpp"

#include <string>
#include <utility>
#include <vector>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
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

}  // namespace

Result<Embeddings> run_embed(const Pipeline& pipeline, std::span<const std::string> texts,
                             EmbedAs purpose, std::stop_token stop) {
    std::vector<std::string_view> views;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        LECTERN_TRY(check_text(texts[i], "text " + std::to_string(i)));
        views.emplace_back(texts[i]);
    }
    Embeddings out;
    out.dimension = pipeline.embedder().dimension;
    if (texts.empty()) return out;
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

Result<Generated> run_generate(Pipeline& pipeline, std::span<const Message> messages,
                               const GenerateOptions& options) {
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
