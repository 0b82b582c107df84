#include "engine/search/embed_steps.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "engine/plugin_host/calls.hpp"

namespace lectern {

namespace {

// Of one question; the first counts.
constexpr std::uint64_t most_rewritten = 1000;
constexpr std::uint64_t most_rewritten_bytes = most_rewritten * max_query_bytes;

}  // namespace

Status rewrite(Request& request, const host::Stage& stage) {
    std::optional<std::string> text;
    const host::RecordTaker taker{[&text](const host::Record& record) -> Status {
                                      if (!text) text = record.text;
                                      return {};
                                  },
                                  {},
                                  most_rewritten,
                                  most_rewritten_bytes};
    LECTERN_TRY(
        request.context.pipeline.process(stage, request.interrupt, {.text = request.text}, taker));
    if (!text) return {Code::invalid_argument, stage.describe() + " let no query through"};
    request.text = std::move(*text);
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
    LECTERN_TRY(pipeline.embed_query(sequence, request.interrupt, request.vector.data())
                    .within("the query cannot be embedded"));
    counter.tokens += sequence.count;
    counter.slots += sequence.count;
    return {};
}

}  // namespace lectern
