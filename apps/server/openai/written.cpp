#include "apps/server/openai/written.hpp"

#include <utility>

#include "api/result_json.hpp"
#include "apps/server/api/reply.hpp"
#include "apps/server/http/problem.hpp"
#include "lectern/grammar.hpp"

namespace lectern::server {

namespace json = boost::json;

ModelName model_of(const Service& service, const std::string& model) {
    ModelName out = parse_model(model);
    if (!out.collection.empty()) out.collection = service.collections.own_name(out.collection);
    return out;
}

std::optional<Response> refuse_model(const Call& call, const std::string& model,
                                     const ModelName& name) {
    if (model.empty())
        return problem(400, "invalid_argument", "the field 'model' is missing", "model");
    if (!name.known)
        return problem(
            404, "model_not_found",
            "there is no model '" + model + "'; there are 'default' and 'collection:NAME'");
    if (!name.collection.empty() && !call.may(Right::read, name.collection))
        return problem(
            403, "forbidden",
            "the key does not reach the collection '" + parse_model(model).collection + "'");
    return {};
}

Result<CollectionPointer> models_of(Service& service, const ModelName& name) {
    return name.collection.empty() ? service.collections.default_models()
                                   : service.collections.get(name.collection);
}

Response too_long(std::string_view field, const Status& status) {
    return problem(400, "context_length_exceeded",
                   "the field '" + std::string(field) + "' is too long: " + status.message(),
                   field);
}

namespace {

// What `ask` reads of a question; a longer one is a prompt that is too long, in the words that
// clients know.
constexpr std::size_t longest_question = std::size_t{64} * 1024;

Response answer_of_collection(Service& service, Call& call, const OpenCollection& open, Chat chat,
                              TextWriter& writer) {
    const std::string& question = chat.question;
    if (question.size() > longest_question)
        return writer.fail({Code::resource_exhausted,
                            "the question has " + std::to_string(question.size()) +
                                " bytes; the limit is " + std::to_string(longest_question)});
    AskOptions options;
    options.history = std::move(chat.history);
    options.stop = call.stop;
    options.deadline = service.options.limits.answer_time;
    options.on_text = [&writer](std::string_view piece) { writer.piece(piece); };
    call.observed.query = question;
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(options.filter); !bad.ok()) return writer.fail(bad);
    auto answer = open.collection.ask(question, options);
    if (!answer) return writer.fail(scope.told(answer.status()));
    scope.hide(answer->hints);
    json::object extension = api::json_of(*answer);
    extension.erase("answer");
    Written done;
    done.text = answer->text;
    if (answer->status == AnswerStatus::abstained) {
        done.text = abstention;
        writer.piece(done.text);
    }
    done.prompt_tokens = query_tokens(answer->timing.stages);  // what the client has sent
    done.generated_tokens = answer->generated_tokens;
    done.lectern = std::move(extension);
    call.observed.tokens_in = done.prompt_tokens;
    call.observed.tokens_out = answer->generated_tokens;
    call.observed.stages = std::move(answer->timing.stages);
    return writer.finish(done);
}

Response text_of_generator(Call& call, const OpenCollection& open, WriteRequest request,
                           TextWriter& writer) {
    GenerateOptions& options = request.options;
    options.on_text = [&writer](std::string_view piece) { return writer.piece(piece); };
    const auto made_now = [&] {
        return request.grammar.empty() ? open.collection.generate(request.chat.messages, options)
                                       : generate_within(open.collection, request.grammar,
                                                         request.chat.messages, options);
    };
    auto made = made_now();
    // There is less room behind the prompt than was asked for: what there is, then.
    if (!made && made.status().code() == Code::resource_exhausted && !writer.begun()) {
        options.max_tokens = 0;
        made = made_now();
    }
    if (!made) return writer.fail(made.status());
    call.observed.tokens_out = made->generated_tokens;
    call.observed.stages = std::move(made->stages);
    return writer.finish(
        {std::move(made->text), made->truncated, made->prompt_tokens, made->generated_tokens, {}});
}

}  // namespace

Response write_text(Service& service, Call& call, WriteRequest request, TextWriter& writer) {
    const ModelName name = model_of(service, request.model);
    if (auto refused = refuse_model(call, request.model, name)) return std::move(*refused);
    auto open = models_of(service, name);
    if (!open) return problem(open.status());
    request.options.stop = call.stop;
    request.options.deadline = service.options.limits.answer_time;
    return name.collection.empty()
               ? text_of_generator(call, **open, std::move(request), writer)
               : answer_of_collection(service, call, **open, std::move(request.chat), writer);
}

}  // namespace lectern::server
