// OpenAI-compatible: what its clients can be pointed at. api::Fields that say nothing here are
// passed over.
#include <algorithm>
#include <ctime>
#include <numeric>
#include <optional>
#include <utility>

#include "api/fields.hpp"
#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/api/reply.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/openai/openai.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::size_t max_inputs = 2048;
constexpr std::size_t max_documents = 1000;
// Names what of a request was passed over, for those who wonder.
constexpr const char* ignored_header = "X-Lectern-Ignored";

json::object model_object(Service& service, const std::string& collection) {
    return {{"id", collection.empty() ? "default" : "collection:" + collection},
            {"object", "model"},
            {"created", service.collections.made_at(collection)},
            {"owned_by", "lectern"}};
}

// The code and the words that OpenAI's clients know for what a model cannot read as a whole.
Response too_long(std::string_view field, const Status& status) {
    return problem(400, "context_length_exceeded",
                   "the field '" + std::string(field) + "' is too long: " + status.message());
}

std::optional<Response> refuse_model(const Call& call, const std::string& model,
                                     const ModelName& name) {
    if (model.empty()) return problem(400, "invalid_argument", "the field 'model' is missing");
    if (!name.known)
        return problem(
            404, "model_not_found",
            "there is no model '" + model + "'; there are 'default' and 'collection:NAME'");
    if (!name.collection.empty() && !call.may(Right::read, name.collection))
        return problem(403, "forbidden",
                       "the key does not reach the collection '" + name.collection + "'");
    return {};
}

Result<CollectionPointer> models_of(Service& service, const ModelName& name) {
    return name.collection.empty() ? service.collections.default_models()
                                   : service.collections.get(name.collection);
}

Response models(Service& service, Call& call) {
    json::array data{model_object(service, {})};
    for (const std::string& name : service.collections.names())
        if (call.may(Right::read, name)) data.push_back(model_object(service, name));
    return json_response(json::object{{"object", "list"}, {"data", std::move(data)}});
}

Response model(Service& service, Call& call) {
    const std::string& id = call.value("model");
    const ModelName name = parse_model(id);
    if (auto refused = refuse_model(call, id, name)) return *refused;
    if (!name.collection.empty()) {
        auto open = service.collections.get(name.collection);
        if (!open) return problem(open.status());
    }
    return json_response(model_object(service, name.collection));
}

Response embeddings(Service& service, Call& call) {
    api::Fields fields(call.request.body, true);
    const std::string id = fields.text("model");
    const std::vector<std::string> inputs = embedding_inputs(fields);
    const std::string format = fields.text("encoding_format", "float");
    const std::string purpose = fields.text("purpose", "passage");
    if (format != "float" && format != "base64")
        fields.wrong("encoding_format", "must be float or base64");
    if (purpose != "passage" && purpose != "query")
        fields.wrong("purpose", "must be passage or query");
    if (fields.has("input") && (inputs.empty() || inputs.size() > max_inputs))
        fields.wrong("input", "must be 1 to 2048 texts");
    const std::uint64_t dimensions = fields.count("dimensions", 0, 1, 1U << 20U);
    const bool truncate = fields.flag("truncate", service.options.truncate_embeddings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    const ModelName name = parse_model(id);
    if (auto refused = refuse_model(call, id, name)) return *refused;
    auto open = models_of(service, name);
    if (!open) return problem(open.status());
    // Cut in silence, two texts that differ from there on would have one vector.
    auto made =
        (*open)->collection.embed(inputs, purpose == "query" ? EmbedAs::query : EmbedAs::passage,
                                  call.stop, truncate ? TooLong::cut : TooLong::refuse);
    if (!made && made.status().code() == Code::resource_exhausted)
        return too_long("input", made.status());
    if (!made) return problem(made.status());
    if (dimensions != 0 && dimensions != made->dimension)
        return problem(400, "invalid_argument",
                       "the field 'dimensions' must be " + std::to_string(made->dimension) +
                           " for this model, or left out");
    call.observed.tokens_in = made->tokens;
    call.observed.stages = std::move(made->stages);
    json::array data;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::span<const float> row(made->values.data() + i * made->dimension,
                                         made->dimension);
        json::object item{{"object", "embedding"}, {"index", i}};
        if (format == "base64")
            item["embedding"] = base64_floats(row);
        else
            item["embedding"] = json::array(row.begin(), row.end());
        data.push_back(std::move(item));
    }
    json::object out{
        {"object", "list"},
        {"data", std::move(data)},
        {"model", id},
        {"usage", json::object{{"prompt_tokens", made->tokens}, {"total_tokens", made->tokens}}}};
    if (!made->cut.empty())
        out["lectern"] = json::object{{"truncated", json::value_from(made->cut)},
                                      {"max_tokens", made->max_tokens}};
    return json_response(out);
}

// Jina's and Cohere's form: {"query", "documents": ["…" or {"text": "…"}], "top_n"}.
std::vector<std::string> rerank_documents(api::Fields& fields) {
    std::vector<std::string> out;
    const auto wrong = [&](std::string_view must) {
        fields.wrong("documents", must);
        return std::exchange(out, {});
    };
    const json::value* list = fields.any("documents");
    if (list == nullptr || !list->is_array() || list->get_array().empty() ||
        list->get_array().size() > max_documents)
        return wrong("must be a list of 1 to 1000 documents");
    for (const json::value& item : list->get_array()) {
        const json::object* object = item.if_object();
        const json::value* text = object == nullptr ? &item : object->if_contains("text");
        if (text == nullptr || !text->is_string())
            return wrong("must be texts, or objects with a 'text'");
        out.emplace_back(text->get_string());
    }
    return out;
}

Response rerank(Service& service, Call& call) {
    api::Fields fields(call.request.body, true);
    const std::string id = fields.text("model", "default");
    const std::string query = fields.text("query");
    const std::vector<std::string> documents = rerank_documents(fields);
    const std::size_t top = fields.count("top_n", documents.size(), 1, ~std::uint64_t{0});
    const bool with_documents = fields.flag("return_documents");
    if (query.empty()) fields.wrong("query", "is missing");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    const ModelName name = parse_model(id);
    if (auto refused = refuse_model(call, id, name)) return *refused;
    auto open = models_of(service, name);
    if (!open) return problem(open.status());
    auto made = (*open)->collection.rerank(query, documents, call.stop);
    if (!made) return problem(made.status());
    std::vector<std::size_t> order(documents.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&made](std::size_t a, std::size_t b) {
        return made->scores[a] > made->scores[b];
    });
    order.resize(std::min(top, order.size()));
    json::array results;
    for (const std::size_t index : order) {
        json::object item{{"index", index}, {"relevance_score", made->scores[index]}};
        if (with_documents) item["document"] = json::object{{"text", api::clean(documents[index])}};
        results.push_back(std::move(item));
    }
    call.observed.stages = std::move(made->stages);
    return json_response(json::object{{"id", "rerank-" + hexadecimal(random_bytes(12))},
                                      {"object", "list"},
                                      {"model", id},
                                      {"results", std::move(results)}});
}

// What a completion of either kind ends with.
struct Completion {
    std::string text;
    const char* finish = "stop";
    std::uint64_t prompt_tokens = 0;
    std::uint64_t generated_tokens = 0;
    std::optional<json::object> lectern;  // the extension field
    [[nodiscard]] json::object usage() const {
        return {{"prompt_tokens", prompt_tokens},
                {"completion_tokens", generated_tokens},
                {"total_tokens", prompt_tokens + generated_tokens}};
    }
};

// Writes one completion: as one object, or as chunks while it is made.
class Writer {
 public:
    Writer(Call& call, std::string model, bool streams, bool usage, std::vector<Header> headers)
        : call_(call),
          model_(std::move(model)),
          streams_(streams),
          usage_(usage),
          headers_(std::move(headers)) {}

    [[nodiscard]] bool begun() const { return call_.stream.begun(); }

    bool piece(std::string_view text) {
        if (!streams_) return true;
        begin();
        return chunk(json::object{{"content", api::clean(text)}}, nullptr, nullptr);
    }
    Response finish(const Completion& done) {
        if (!streams_) {
            json::object out = head("chat.completion");
            out["choices"] = json::array{
                json::object{{"index", 0},
                             {"message", json::object{{"role", "assistant"},
                                                      {"content", api::clean(done.text)},
                                                      {"refusal", nullptr}}},
                             {"logprobs", nullptr},
                             {"finish_reason", done.finish}}};
            out["usage"] = done.usage();
            if (done.lectern) out["lectern"] = *done.lectern;
            Response response = json_response(out);
            response.headers = headers_;
            return response;
        }
        begin();
        chunk({}, done.finish, done.lectern ? &*done.lectern : nullptr);
        if (usage_) {
            json::object last = head("chat.completion.chunk");
            last["choices"] = json::array{};
            last["usage"] = done.usage();
            send(api::json_text(last));
        }
        Response response;
        response.last_piece = event("[DONE]");
        return response;
    }
    Response fail(const Status& status) {
        // Before any text: the prompt (plugin.h, lectern_generator). As a failure of the server,
        // clients would send it again.
        Response failed = status.code() == Code::resource_exhausted && !begun()
                              ? too_long("messages", status)
                              : problem(status);
        if (call_.stream.begun()) failed.last_piece = event(as_openai_error(failed).body);
        return failed;
    }

 private:
    void begin() {
        if (call_.stream.begun()) return;
        call_.stream.begin("text/event-stream", headers_);
        chunk(json::object{{"role", "assistant"}, {"content", ""}}, nullptr, nullptr);
    }
    json::object head(const char* object) const {
        return {{"id", id_}, {"object", object}, {"created", created_}, {"model", model_}};
    }
    bool chunk(json::object delta, const char* finish, const json::object* lectern) {
        json::object out = head("chat.completion.chunk");
        json::value reason;
        if (finish != nullptr) reason = finish;
        out["choices"] = json::array{json::object{{"index", 0},
                                                  {"delta", std::move(delta)},
                                                  {"logprobs", nullptr},
                                                  {"finish_reason", std::move(reason)}}};
        if (usage_) out["usage"] = nullptr;  // it comes in a last chunk
        if (lectern != nullptr) out["lectern"] = *lectern;
        return send(api::json_text(out));
    }
    static std::string event(const std::string& data) { return "data: " + data + "\n\n"; }
    bool send(const std::string& data) { return call_.stream.write(event(data)); }

    Call& call_;
    const std::string model_;
    const bool streams_;
    const bool usage_;
    const std::vector<Header> headers_;
    const std::string id_ = "chatcmpl-" + hexadecimal(random_bytes(12));
    const std::int64_t created_ = std::time(nullptr);
};

Response answer(Service& service, Call& call, OpenCollection& open, Chat chat, Writer& writer) {
    const std::string& question = chat.question;
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
    Completion done;
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

Response generate(Call& call, OpenCollection& open, const std::vector<Message>& messages,
                  GenerateOptions options, Writer& writer) {
    options.on_text = [&writer](std::string_view piece) { return writer.piece(piece); };
    auto made = open.collection.generate(messages, options);
    // There is less room behind the prompt than was asked for: what there is, then.
    if (!made && made.status().code() == Code::resource_exhausted && !writer.begun()) {
        options.max_tokens = 0;
        made = open.collection.generate(messages, options);
    }
    if (!made) return writer.fail(made.status());
    call.observed.tokens_out = made->generated_tokens;
    call.observed.stages = std::move(made->stages);
    return writer.finish({std::move(made->text),
                          made->truncated ? "length" : "stop",
                          made->prompt_tokens,
                          made->generated_tokens,
                          {}});
}

// What would have to change the answer and cannot: passed over, it would be a wrong one.
void refuse_what_changes_the_answer(api::Fields& fields) {
    if (fields.flag("logprobs")) fields.wrong("logprobs", "must be false here");
    if (const json::value* format = fields.any("response_format")) {
        const json::object* object = format->if_object();
        const json::value* type = object == nullptr ? nullptr : object->if_contains("type");
        if (type == nullptr || *type != "text")
            fields.wrong("response_format", "must be {\"type\": \"text\"} here");
    }
    if (const json::value* choice = fields.any("tool_choice");
        choice != nullptr && *choice != "none" && *choice != "auto")
        fields.wrong("tool_choice", "must be none or auto here: no function is ever called");
}

// Functions are never called: the answer is a message, and a header says so.
std::vector<Header> passed_over(api::Fields& fields) {
    std::string names;
    for (const char* name : {"tools", "functions"}) {
        const json::value* list = fields.any(name);
        if (list == nullptr || !list->is_array() || list->get_array().empty()) continue;
        names += names.empty() ? name : std::string(", ") + name;
    }
    if (names.empty()) return {};
    return {{ignored_header, names}};
}

Response chat(Service& service, Call& call) {
    const Limits& limits = service.options.limits;
    api::Fields fields(call.request.body, true);
    const std::string id = fields.text("model");
    const ModelName name = parse_model(id);
    Chat chat = chat_of(fields);
    const bool streams = fields.flag("stream");
    // A collection's answer has its own length and no chance in it, so it asks for none of these.
    GenerateOptions options;
    if (name.collection.empty()) options = generate_options(fields, limits.tokens);
    options.stop = call.stop;
    options.deadline = limits.answer_time;
    if (fields.count("n", 1, 1, 128) != 1) fields.wrong("n", "must be 1 here");
    refuse_what_changes_the_answer(fields);
    bool usage = false;
    if (const json::value* more = fields.any("stream_options");
        more != nullptr && more->is_object())
        if (const json::value* flag = more->get_object().if_contains("include_usage"))
            usage = flag->is_bool() && flag->get_bool();
    std::vector<Header> headers = passed_over(fields);
    if (!name.collection.empty() && chat.question.empty())
        fields.wrong("messages", "must have a text of the user: it is what is asked");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    if (auto refused = refuse_model(call, id, name)) return *refused;
    auto open = models_of(service, name);
    if (!open) return problem(open.status());
    Writer writer(call, id, streams, usage, std::move(headers));
    return name.collection.empty()
               ? generate(call, **open, chat.messages, std::move(options), writer)
               : answer(service, call, **open, std::move(chat), writer);
}

}  // namespace

void add_openai_routes(Router& router, Service& service) {
    const auto bound = [&service](Response (*handler)(Service&, Call&)) {
        return [&service, handler](Call& call) { return handler(service, call); };
    };
    const auto open = [&](const char* method, const char* path, Lane lane,
                          Response (*handler)(Service&, Call&)) {
        router.add(for_tenants({method, path, Right::read, lane, bound(handler)}));
    };
    open("GET", "/v1/models", Lane::read, &models);
    open("GET", "/v1/models/{model+}", Lane::read, &model);
    open("POST", "/v1/embeddings", Lane::read, &embeddings);
    open("POST", "/v1/chat/completions", Lane::ask, &chat);
    for (const char* path : {"/v1/rerank", "/rerank"}) open("POST", path, Lane::read, &rerank);
}

}  // namespace lectern::server
