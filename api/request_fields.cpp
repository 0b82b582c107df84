#include "api/request_fields.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

#include "api/words.hpp"

namespace lectern::api {
namespace {

constexpr double longest_milliseconds = 9'000'000'000'000;  // 285 years; a clock can add it

constexpr Description filter{
    .name = "filter",
    .text =
        "a condition on metadata that documents must fulfil: year >= 2020 and (source = \"x\" "
        "or tag in (\"a\", \"b\")); docs/filters.md has the language"};
constexpr Description extractive{.name = "extractive",
                                 .text = "only quote; the generator is never started"};
constexpr Description deadline{.name = "deadline_milliseconds",
                               .text = "the request fails when it takes longer",
                               .places = in_http | in_c,
                               .least = 1,
                               .most = longest_milliseconds};

}  // namespace

const Table<SearchOptions>& ranking_options() {
    static const Table<SearchOptions> table{
        bound<&SearchOptions::mode>(described::mode),
        bound<&SearchOptions::fusion>(described::fusion),
        bound<&SearchOptions::weight>(described::weight),
        bound<&SearchOptions::feedback>(described::feedback),
        bound<&SearchOptions::candidates>(described::candidates),
    };
    return table;
}

const Table<SearchOptions>& search_options() {
    static const Table<SearchOptions> table = joined<SearchOptions>({
        {
            bound<&SearchOptions::k>(
                {.name = "k", .text = "most hits", .least = 1, .most = 10'000, .flag = "-k"}),
            bound<&SearchOptions::offset>(
                {.name = "offset",
                 .text = "hits to leave out before the first: with k = 10, 20 gives the third page",
                 .least = 0,
                 .most = 10'000}),
            bound<&SearchOptions::min_score>(
                {.name = "min_score", .text = "leave out hits with a smaller score"}),
            bound<&SearchOptions::chunks>(
                {.name = "chunks", .text = "several hits of one document"}),
            bound<&SearchOptions::filter>(filter),
            bound<&SearchOptions::facets>(
                {.name = "facets",
                 .text = "count the values of these fields in the documents that pass the filter",
                 .places = in_command | in_http | in_c,
                 .flag = "--facet",
                 .value_name = "FIELD"}),
            bound<&SearchOptions::sort>(
                {.name = "sort",
                 .text = "order the best hits by this field; -FIELD for descending order",
                 .places = in_command | in_http | in_c,
                 .value_name = "FIELD"}),
            bound<&SearchOptions::summaries>(
                {.name = "summarize",
                 .text = "a short cited summary of the hits together (list), or of each of at most "
                         "20 (each)",
                 .places = in_command | in_http | in_c,
                 .implied = "list"}),
            bound<&SearchOptions::similar>(
                {.name = "similar",
                 .text = "search with the document of this id in place of a query: more like this; "
                         "a query beside it is for conditions alone",
                 .value_name = "ID"}),
            bound<&SearchOptions::plain>(
                {.name = "plain",
                 .text = "the query is prose: quotation marks, - and * are no signs"}),
            bound<&SearchOptions::prefix>(
                {.name = "prefix",
                 .text = "the last word may be the beginning of one, as while somebody types"}),
            bound<&SearchOptions::typos>(described::typos),
            bound<&SearchOptions::vector>(
                {.name = "vector",
                 .text = "search with this vector in place of the query's: as many finite numbers "
                         "as the collection's `dimension`, not all 0, of the same model; without a "
                         "query the search is dense",
                 .places = in_http | in_c,  // the command line takes a file
                 .min_items = 1}),
            bound<&SearchOptions::deadline>(deadline),
        },
        ranking_options(),
    });
    return table;
}

SearchRequest search_of_models() {
    SearchRequest out;
    out.options.k = 8;
    return out;
}

const Table<SearchRequest>& search_fields() {
    static const Table<SearchRequest> table = joined<SearchRequest>({
        {bound<&SearchRequest::query>({
            .name = "query",
            .text = "what to look for, in plain words; \"a phrase\" and a pref* must be there, and "
                    "-word or -\"a phrase\" must not",
            .places = in_http | in_mcp | in_c  // the command line takes it as a word
        })},
        within<&SearchRequest::options>(search_options()),
    });
    return table;
}

template <>
const Table<Turn>& table_of<Turn>() {
    static const Table<Turn> table{
        bound<&Turn::question>({.name = "question",
                                .text = "as it was asked, or as the answer said that it was read",
                                .min_length = 1,
                                .required = true}),
        bound<&Turn::answer>(
            {.name = "answer", .text = "left out where the collection did not say"}),
    };
    return table;
}

const Table<AskRequest>& ask_fields() {
    static const Table<AskRequest> table = joined<AskRequest>({
        {bound<&AskRequest::question>({.name = "question",
                                       .text = "the question",
                                       .places = in_http | in_mcp | in_c,
                                       .min_length = 1,
                                       .required = true})},
        within<&AskRequest::options>({
            bound<&AskOptions::history>(
                {.name = "history",
                 .text = "the conversation so far, the oldest first; of a long one the last 8 are "
                         "read. A question that leans on it is asked as one that stands alone",
                 .places = in_http | in_mcp | in_c}),
            bound<&AskOptions::language>(
                {.name = "language",
                 .text = "translate the answer, by the stage that the pipeline has for this "
                         "language; marks stay, and citations are in the documents' own",
                 .left_out = "as it was written",
                 .value_name = "LANGUAGE"}),
            bound<&AskOptions::extractive>(extractive),
            bound<&AskOptions::filter>(filter),
            bound<&AskOptions::deadline>(deadline),
        }),
    });
    return table;
}

const Table<SummarizeRequest>& summarize_fields() {
    static const Table<SummarizeRequest> table = joined<SummarizeRequest>({
        {bound<&SummarizeRequest::document>({.name = "document",
                                             .text = "the document's id",
                                             .places = in_http | in_mcp | in_c,
                                             .min_length = 1,
                                             .required = true})},
        within<&SummarizeRequest::options>({
            bound<&SummarizeOptions::extractive>(extractive),
            bound<&SummarizeOptions::deadline>(deadline),
        }),
    });
    return table;
}

namespace {
const Table<SearchOptions>& filter_field() {
    static const Table<SearchOptions> table{bound<&SearchOptions::filter>(filter)};
    return table;
}

using Limits = std::span<const Limit>;

template <typename T>
Schema all_of(const Table<T>& table, unsigned where, Limits limits) {
    return schema_of(table, where, {}, limits);
}

Schema all_of_search(unsigned where, Limits limits) {
    if (where != in_mcp) return all_of(search_fields(), where, limits);
    return schema_of(search_fields(), where, search_of_models(),
                     limits_of({most_hits_of_models, {}, {}}));
}

using Named = std::pair<std::string_view, Schema (*)(unsigned, Limits)>;
constexpr Named named[] = {
    {"search", &all_of_search},
    {"ask", [](unsigned where, Limits limits) { return all_of(ask_fields(), where, limits); }},
    {"summarize",
     [](unsigned where, Limits limits) { return all_of(summarize_fields(), where, limits); }},
    {"ranking",
     [](unsigned where, Limits limits) { return all_of(ranking_options(), where, limits); }},
    {"filter", [](unsigned where, Limits limits) { return all_of(filter_field(), where, limits); }},
    {"deadline",
     [](unsigned where, Limits limits) { return all_of(deadline_fields(), where, limits); }},
    {"file", [](unsigned where, Limits limits) { return all_of(file_fields(), where, limits); }},
    {"delivery",
     [](unsigned where, Limits limits) { return all_of(delivery_fields(), where, limits); }},
};
}  // namespace

Schema fields_named(std::string_view names, unsigned where, std::span<const Limit> limits) {
    Schema out;
    out.types = {Type::object};
    out.has_properties = true;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        const std::string_view name = names.substr(0, end);
        names.remove_prefix(std::min(end + 1, names.size()));
        const auto* table = std::find_if(std::begin(named), std::end(named),
                                         [&](const Named& one) { return one.first == name; });
        if (table == std::end(named))
            throw std::out_of_range("no fields are named '" + std::string(name) + "'");
        Schema some = table->second(where, limits);
        std::move(some.properties.begin(), some.properties.end(),
                  std::back_inserter(out.properties));
        std::move(some.required.begin(), some.required.end(), std::back_inserter(out.required));
    }
    return out;
}

const Table<Deadline>& deadline_fields() {
    static const Table<Deadline> table{bound<&Deadline::deadline>(deadline)};
    return table;
}

const Table<FileRequest>& file_fields() {
    static const Table<FileRequest> table{
        bound<&FileRequest::name>({.name = "name",
                                   .text = "the file's name, whose ending says what it is "
                                           "(report.docx); it becomes the document's id",
                                   .places = in_mcp}),
        bound<&FileRequest::content>({.name = "content",
                                      .text = "the bytes of the file in base64, of any format that "
                                              "is read here",
                                      .places = in_mcp}),
        bound<&FileRequest::text>({.name = "text",
                                   .text = "in place of content, a text file as it is",
                                   .places = in_mcp}),
        bound<&FileRequest::path>({.name = "path",
                                   .text = "in place of content, a file below a folder that the "
                                           "program was started with: manuals/boats.pdf where that "
                                           "was --source manuals=DIR; its name is the path, when "
                                           "no other is given",
                                   .places = in_mcp}),
        bound<&FileRequest::media_type>({.name = "media_type",
                                         .text = "what the file is, or its charset, where it does "
                                                 "not say so itself: text/html; charset=koi8-r",
                                         .places = in_mcp}),
    };
    return table;
}

const Table<Delivery>& delivery_fields() {
    static const Table<Delivery> table{
        bound<&Delivery::explain>(
            {.name = "explain", .text = "tell what each stage did", .places = in_http | in_c}),
        bound<&Delivery::stream>({.name = "stream",
                                  .text = "send events",
                                  .places = in_http,
                                  .left_out = "what the header Accept wants"}),
    };
    return table;
}

}  // namespace lectern::api
