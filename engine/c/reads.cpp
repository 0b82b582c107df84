// lectern.h: searches, answers, summaries and vectors.
#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "api/request_fields.hpp"
#include "api/result_json.hpp"
#include "engine/c/handles.hpp"

namespace lectern::c {
namespace {

namespace json = boost::json;

json::array list(std::span<const Hit> hits) {
    json::array out;
    for (const Hit& hit : hits) out.push_back(api::json_of(hit));
    return out;
}

json::array list(std::span<const Citation> citations) {
    json::array out;
    for (const Citation& citation : citations) out.push_back(api::json_of(citation));
    return out;
}

bool wants_explained(api::Fields& fields) {
    api::Delivery out;
    read(fields, api::delivery_fields(), api::in_c, out);
    return out.explain;
}

// The result, with its stages where they are wanted.
char* finished(json::object result, bool explain, const Timing& timing) {
    if (explain) result["stages"] = api::json_of(timing.stages);
    return text_of(result);
}

// The texts of a caller; `sizes` may be NULL.
Failure read_texts(const char* const* texts, const std::uint64_t* sizes, std::uint64_t count,
                   std::vector<std::string>& out) {
    out.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (texts[i] == nullptr) return null("text " + std::to_string(i));
        if (sizes == nullptr)
            out.emplace_back(texts[i]);
        else
            out.emplace_back(texts[i], sizes[i]);
    }
    return {};
}

// What wants `count` texts, and has room for `capacity` numbers.
Failure check_room(const float* values, std::uint64_t capacity, std::uint64_t count,
                   std::uint32_t dimension) {
    if (values == nullptr) return null("place for the vectors");
    if (capacity / count >= dimension) return {};
    return {{Code::invalid_argument, "there is room for " + std::to_string(capacity) +
                                         " numbers; " + std::to_string(count) + " vectors of " +
                                         std::to_string(dimension) + " are more"}};
}

Failure check_purpose(std::int32_t as) {
    if (as == LECTERN_AS_QUERY || as == LECTERN_AS_PASSAGE) return {};
    return {
        {Code::invalid_argument, "a text is embedded as LECTERN_AS_QUERY or LECTERN_AS_PASSAGE"}};
}

EmbedAs purpose_of(std::int32_t as) {
    return as == LECTERN_AS_QUERY ? EmbedAs::query : EmbedAs::passage;
}

std::optional<Role> role_of(std::string_view name) {
    if (name == "system") return Role::system;
    if (name == "user") return Role::user;
    if (name == "assistant") return Role::assistant;
    return {};
}

std::vector<Message> read_messages(api::Fields& fields) {
    std::vector<Message> out;
    const json::value* given = fields.any("messages");
    if (given == nullptr || !given->is_array() || given->get_array().empty()) {
        fields.wrong("messages", "must be a list of {\"role\", \"content\"}");
        return out;
    }
    for (const json::value& one : given->get_array()) {
        const json::object* message = one.if_object();
        const json::value* role = message == nullptr ? nullptr : message->if_contains("role");
        const json::value* content = message == nullptr ? nullptr : message->if_contains("content");
        const bool whole = role != nullptr && role->is_string() && content != nullptr &&
                           content->is_string() && message->size() == 2;
        const auto who = whole ? role_of(role->get_string()) : std::nullopt;
        if (!who) {
            fields.wrong("messages",
                         "must have a role (system, user or assistant) and a content each, and "
                         "nothing else");
            return {};
        }
        out.push_back({*who, std::string(content->get_string())});
    }
    return out;
}

}  // namespace
}  // namespace lectern::c

namespace c = lectern::c;
namespace api = lectern::api;
using lectern::Status;

lectern_code lectern_collection_search(const lectern_collection* collection, const char* request,
                                       const lectern_watch* watch, char** out,
                                       lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the result");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        auto [query, options] = api::read_search(*fields, {}, api::in_c);
        const bool explain = c::wants_explained(*fields);
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        if (watching.wants_events())
            options.on_hits = [&](std::span<const lectern::Hit> hits) {
                watching.event("hits", boost::json::object{{"hits", c::list(hits)}});
            };
        const bool whole_list = options.summaries == lectern::Summaries::list;
        options.on_summary = [&](std::size_t hit, std::string_view piece) {
            if (whole_list) return watching.text(piece);
            watching.event("summary",
                           boost::json::object{{"hit", hit}, {"text", api::clean(piece)}});
        };
        options.stop = watching.stop();
        const auto result = collection->collection->search(query, options);
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!result) return {result.status()};
        *out = c::finished(api::json_of(*result), explain, result->timing);
        return {};
    });
}

lectern_code lectern_collections_search(const lectern_collection* const* collections,
                                        uint64_t count, const char* request,
                                        const lectern_watch* watch, char** out,
                                        lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the result");
        *out = nullptr;
        if (collections == nullptr && count > 0) return c::null("list of collections");
        std::vector<const lectern::Collection*> all;
        for (uint64_t i = 0; i < count; ++i) {
            if (collections[i] == nullptr) return c::null("collection");
            all.push_back(&*collections[i]->collection);
        }
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        auto [query, options] = api::read_search(*fields, {}, api::in_c);
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        options.stop = watching.stop();
        const auto result = lectern::search_all(all, query, options);
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!result) return {result.status()};
        *out = c::text_of(api::json_of(*result, {}));
        return {};
    });
}

lectern_code lectern_collection_ask(const lectern_collection* collection, const char* request,
                                    const lectern_watch* watch, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the answer");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        auto [question, options] = api::read_ask(*fields, {}, api::in_c);
        const bool explain = c::wants_explained(*fields);
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        if (watching.wants_text())
            options.on_text = [&](std::string_view piece) { watching.text(piece); };
        if (watching.wants_events())
            options.on_question = [&](std::string_view asked) {
                watching.event("question", boost::json::object{{"question", api::clean(asked)}});
            };
        if (watching.wants_events())
            options.on_evidence = [&](std::span<const lectern::Citation> evidence) {
                watching.event("evidence", boost::json::object{{"evidence", c::list(evidence)}});
            };
        options.stop = watching.stop();
        const auto answer = collection->collection->ask(question, options);
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!answer) return {answer.status()};
        *out = c::finished(api::json_of(*answer), explain, answer->timing);
        return {};
    });
}

lectern_code lectern_collection_summarize(const lectern_collection* collection, const char* request,
                                          const lectern_watch* watch, char** out,
                                          lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the summary");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        auto [document, options] = api::read_summarize(*fields, {}, api::in_c);
        const bool explain = c::wants_explained(*fields);
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        if (watching.wants_text())
            options.on_text = [&](std::string_view piece) { watching.text(piece); };
        options.stop = watching.stop();
        const auto summary = collection->collection->summarize(document, options);
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!summary) return {summary.status()};
        *out = c::finished(api::json_of(document, *summary), explain, summary->timing);
        return {};
    });
}

lectern_code lectern_collection_embed(const lectern_collection* collection,
                                      const char* const* texts, uint64_t count, int32_t as,
                                      float* values, uint64_t capacity, uint32_t* dimension,
                                      lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (dimension != nullptr) *dimension = 0;
        if (collection == nullptr) return c::null("collection");
        if (texts == nullptr && count > 0) return c::null("list of texts");
        if (auto bad = c::check_purpose(as); !bad.status.ok()) return bad;
        const auto purpose = c::purpose_of(as);
        const auto none = collection->collection->embed({}, purpose);
        if (!none) return {none.status()};
        if (dimension != nullptr) *dimension = none->dimension;
        if (count == 0) return {};
        if (auto bad = c::check_room(values, capacity, count, none->dimension); !bad.status.ok())
            return bad;
        std::vector<std::string> copied;
        if (auto bad = c::read_texts(texts, nullptr, count, copied); !bad.status.ok()) return bad;
        const auto made = collection->collection->embed(copied, purpose);
        if (!made) return {made.status()};
        std::copy(made->values.begin(), made->values.end(), values);
        return {};
    });
}

lectern_code lectern_collection_embed_texts(const lectern_collection* collection,
                                            const char* const* texts, const uint64_t* sizes,
                                            uint64_t count, int32_t as, const lectern_watch* watch,
                                            float* values, uint64_t capacity, char** out,
                                            lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        if (texts == nullptr && count > 0) return c::null("list of texts");
        if (auto bad = c::check_purpose(as); !bad.status.ok()) return bad;
        const auto purpose = c::purpose_of(as);
        auto made = collection->collection->embed({}, purpose);
        if (!made) return {made.status()};
        if (count > 0) {
            if (auto bad = c::check_room(values, capacity, count, made->dimension);
                !bad.status.ok())
                return bad;
            std::vector<std::string> copied;
            if (auto bad = c::read_texts(texts, sizes, count, copied); !bad.status.ok()) return bad;
            const c::Watch watching(watch);
            made = collection->collection->embed(copied, purpose, watching.stop());
            if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
            if (!made) return {made.status()};
            std::copy(made->values.begin(), made->values.end(), values);
        }
        boost::json::array cut;
        for (const std::size_t index : made->cut) cut.push_back(index);
        *out = c::text_of(boost::json::object{{"dimension", made->dimension},
                                              {"tokens", made->tokens},
                                              {"max_tokens", made->max_tokens},
                                              {"cut", std::move(cut)}});
        return {};
    });
}

lectern_code lectern_collection_rerank(const lectern_collection* collection, const char* request,
                                       const lectern_watch* watch, char** out,
                                       lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the scores");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        const std::string query = fields->text("query");
        const std::vector<std::string> passages = fields->texts("passages");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const c::Watch watching(watch);
        const auto ranked = collection->collection->rerank(query, passages, watching.stop());
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!ranked) return {ranked.status()};
        boost::json::array scores;
        for (const float score : ranked->scores) scores.push_back(score);
        *out = c::text_of(boost::json::object{{"scores", std::move(scores)}});
        return {};
    });
}

lectern_code lectern_collection_generate(const lectern_collection* collection, const char* request,
                                         const lectern_watch* watch, char** out,
                                         lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the text");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        lectern::GenerateOptions options;
        constexpr std::uint64_t most_tokens = 1'000'000;
        constexpr double most_temperature = 2;
        const auto messages = c::read_messages(*fields);
        options.max_tokens = static_cast<std::uint32_t>(
            fields->count("max_tokens", options.max_tokens, 0, most_tokens));
        options.temperature = static_cast<float>(
            fields->number("temperature", options.temperature, 0, most_temperature));
        options.top_p = static_cast<float>(fields->number("top_p", options.top_p, 0, 1));
        options.seed = fields->count("seed", 0, 0, std::numeric_limits<std::uint64_t>::max());
        options.stop_texts = fields->texts("stop");
        options.deadline = api::read_deadline(*fields, {});
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        options.stop = watching.stop();
        options.on_text = [&](std::string_view piece) {
            watching.text(piece);
            return !options.stop.stop_requested();
        };
        const auto made = collection->collection->generate(messages, options);
        if (Status ended = watching.ended(); !ended.ok()) return {std::move(ended)};
        if (!made) return {made.status()};
        *out = c::text_of(boost::json::object{{"text", api::clean(made->text)},
                                              {"prompt_tokens", made->prompt_tokens},
                                              {"generated_tokens", made->generated_tokens},
                                              {"truncated", made->truncated}});
        return {};
    });
}
