#include "engine/search/embed_steps.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "engine/plugin_host/abi_text.hpp"

namespace lectern {

using host::CallContext;

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
    LECTERN_TRY(pipeline.embed_query(sequence, request.interrupt, request.vector.data())
                    .within("the query cannot be embedded"));
    counter.tokens += sequence.count;
    counter.slots += sequence.count;
    return {};
}

}  // namespace lectern
