// lectern.h: searches, answers, summaries and vectors.
#include <algorithm>
#include <vector>

#include "api/requests.hpp"
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

// The result, with its stages where they are wanted.
char* finished(json::object result, bool explain, const Timing& timing) {
    if (explain) result["stages"] = api::json_of(timing.stages);
    return text_of(result);
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
        auto [query, options] = api::read_search(*fields, {});
        const bool explain = fields->flag("explain");
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

lectern_code lectern_collection_ask(const lectern_collection* collection, const char* request,
                                    const lectern_watch* watch, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the answer");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        auto [question, options] = api::read_ask(*fields, {});
        const bool explain = fields->flag("explain");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        if (watching.wants_text())
            options.on_text = [&](std::string_view piece) { watching.text(piece); };
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
        auto [document, options] = api::read_summarize(*fields, {});
        const bool explain = fields->flag("explain");
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
        if (as != LECTERN_AS_QUERY && as != LECTERN_AS_PASSAGE)
            return {{lectern::Code::invalid_argument,
                     "a text is embedded as LECTERN_AS_QUERY or LECTERN_AS_PASSAGE"}};
        const auto purpose =
            as == LECTERN_AS_QUERY ? lectern::EmbedAs::query : lectern::EmbedAs::passage;
        const auto none = collection->collection->embed({}, purpose);
        if (!none) return {none.status()};
        if (dimension != nullptr) *dimension = none->dimension;
        if (count == 0) return {};
        if (values == nullptr) return c::null("place for the vectors");
        if (capacity / count < none->dimension)
            return {{lectern::Code::invalid_argument,
                     "there is room for " + std::to_string(capacity) + " numbers; " +
                         std::to_string(count) + " vectors of " + std::to_string(none->dimension) +
                         " are more"}};
        std::vector<std::string> wanted;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (texts[i] == nullptr) return c::null("text " + std::to_string(i));
            wanted.emplace_back(texts[i]);
        }
        const auto made = collection->collection->embed(wanted, purpose);
        if (!made) return {made.status()};
        std::copy(made->values.begin(), made->values.end(), values);
        return {};
    });
}
