// OpenAI-compatible: what its clients can be pointed at. Fields that say nothing here are passed
// over.
#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/openai/openai.hpp"
#include "apps/server/openai/written.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::size_t max_inputs = 2048;
constexpr std::size_t max_documents = 1000;

json::object model_object(Service& service, const std::string& id) {
    return {{"id", id},
            {"object", "model"},
            {"created", service.collections.made_at(model_of(service, id).collection)},
            {"owned_by", "lectern"}};
}

Response models(Service& service, Call& call) {
    json::array data{model_object(service, "default")};
    for (const std::string& name : service.collections.names())
        if (call.may(Right::read, name))
            data.push_back(model_object(service, "collection:" + name));
    for (const auto& [alias, name] : service.collections.aliases().all())
        if (call.may(Right::read, name))
            data.push_back(model_object(service, "collection:" + alias));
    return json_response(json::object{{"object", "list"}, {"data", std::move(data)}});
}

Response model(Service& service, Call& call) {
    const std::string& id = call.value("model");
    const ModelName name = model_of(service, id);
    if (auto refused = refuse_model(call, id, name)) return *refused;
    if (!name.collection.empty()) {
        auto open = service.collections.get(name.collection);
        if (!open) return problem(open.status());
    }
    return json_response(model_object(service, id));
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
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad, fields.place());
    const ModelName name = model_of(service, id);
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
                           " for this model, or left out",
                       "dimensions");
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
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad, fields.place());
    const ModelName name = model_of(service, id);
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
    // As the reranker's stages count them; 0 where they count none.
    std::uint64_t tokens = 0;
    for (const StageTiming& stage : made->stages) tokens += stage.tokens;
    call.observed.stages = std::move(made->stages);
    return json_response(
        json::object{{"id", "rerank-" + hexadecimal(random_bytes(12))},
                     {"object", "list"},
                     {"model", id},
                     {"results", std::move(results)},
                     {"usage", json::object{{"prompt_tokens", tokens}, {"total_tokens", tokens}}}});
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
    // The second as Jina's clients have it, the third as Cohere's newest.
    for (const char* path : {"/v1/rerank", "/rerank", "/v2/rerank"})
        open("POST", path, Lane::read, &rerank);
    add_openai_writing_routes(router, service);
}

}  // namespace lectern::server
