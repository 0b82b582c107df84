// What searches, answers and summaries give. A field that stands here is in the JSON of every
// interface, in /openapi.json and in the schemas of MCP's tools.
#include <algorithm>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>

#include "api/shown.hpp"

namespace lectern::api {
namespace {

namespace json = boost::json;

// A member that is a JSON object as text.
template <auto member>
auto shown_json(Said said) {
    using Of = typename detail::MemberOf<decltype(member)>::Of;
    Schema kind;
    kind.types = {Type::object};
    return Shown<Of>{std::move(said), std::move(kind), true,
                     [](const Of& from) { return parsed(from.*member); }};
}

// {"year": [{"value": "2020", "count": 3}, …], …}
Shown<SearchResult> facets() {
    Schema kind;
    kind.types = {Type::object};
    return {{.name = "facets",
             .text = "by field, how many documents that pass the filter have each value: a list of "
                     "{value, count}, the most frequent first"},
            std::move(kind),
            false,
            [](const SearchResult& result) {
                return result.facets.empty() ? json::value() : json::value(json_of(result.facets));
            }};
}

// A number as JSON has it, exactly.
json::value number_of(const std::string& text) {
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    return error ? json::value() : value;
}

// {"year": {"count": 3, "least": 1999, "most": 2020, "sum": …, "mean": …}, …}
Shown<SearchResult> facet_statistics() {
    Schema kind;
    kind.types = {Type::object};
    return {{.name = "facet_statistics",
             .text = "by field, of all numbers that the counted documents have: {count, least, "
                     "most, sum, mean}"},
            std::move(kind),
            false,
            [](const SearchResult& result) {
                json::object out;
                for (const Facet& facet : result.facets)
                    if (const auto& numbers = facet.statistics)
                        out[clean(facet.field)] = json::object{{"count", numbers->count},
                                                               {"least", number_of(numbers->least)},
                                                               {"most", number_of(numbers->most)},
                                                               {"sum", numbers->sum},
                                                               {"mean", numbers->mean}};
                return out.empty() ? json::value() : json::value(std::move(out));
            }};
}

// Busy milliseconds of each stage, and "total".
template <typename T>
Shown<T> stage_milliseconds() {
    Schema kind;
    kind.types = {Type::object};
    return {{.name = "milliseconds", .text = "of each stage, and `total`"},
            std::move(kind),
            true,
            [](const T& result) { return json::value(milliseconds(result.timing)); }};
}

}  // namespace

Schema schema_of(const Said& said, Schema kind) {
    kind.key = said.name;
    kind.text = said.text;
    if (!kind.text.empty()) {
        if (kind.text.front() >= 'a' && kind.text.front() <= 'z')
            kind.text.front() = static_cast<char>(kind.text.front() - 32);
        kind.text += '.';
    }
    if (said.least) kind.minimum = said.least;
    if (said.most) kind.maximum = said.most;
    if (!said.choices.empty()) kind.choices = said.choices;
    return kind;
}

template <>
const ShownTable<Place>& shown_fields<Place>() {
    static const ShownTable<Place> table{
        shown<&Place::text>({.name = "text", .text = "for people: \"page 3\", \"Prices!A2:C9\""}),
        shown<&Place::kind>({.name = "kind",
                             .choices = {"page", "slide", "cells", "chapter", "time",
                                         "notebook_cell", "section", "part"}}),
        shown_if_any<&Place::first>(
            {.name = "first",
             .text = "page, slide, row, chapter or cell of a notebook, counted from 1, or "
                     "milliseconds"}),
        shown_if_any<&Place::last>({.name = "last"}),
        shown_if_any<&Place::name>(
            {.name = "name", .text = "of the sheet or the chapter; what is printed on the page"}),
        shown_if_any<&Place::cells>({.name = "cells", .text = "\"A2:C9\""}),
        shown_if_any<&Place::part>(
            {.name = "part", .text = "path of the part of an archive or a mail"}),
        shown_if_any<&Place::section>(
            {.name = "section",
             .text = "the headings above, highest first, without the document's title: \"Setup > "
                     "Linux\""}),
    };
    return table;
}

template <>
const ShownTable<ByteRange>& shown_fields<ByteRange>() {
    static const ShownTable<ByteRange> table{
        shown<&ByteRange::begin>({.name = "begin"}),
        shown<&ByteRange::end>({.name = "end"}),
    };
    return table;
}

template <>
const ShownTable<Hit>& shown_fields<Hit>() {
    static const ShownTable<Hit> table{
        shown<&Hit::document>({.name = "document", .text = "the document's id"}),
        shown<&Hit::chunk>({.name = "chunk"}),
        shown<&Hit::score>({.name = "score",
                            .text = "larger is better; 0 to 1 for a hybrid search, else that "
                                    "side's score, or the reranker's"}),
        shown<&Hit::dense_score>(
            {.name = "dense_score", .text = "by meaning: the cosine of hit and query"}),
        shown<&Hit::lexical_score>(
            {.name = "lexical_score", .text = "by words: BM25; 0: it has none of them"}),
        shown<&Hit::title>({.name = "title"}),
        shown<&Hit::text>({.name = "text", .text = "the document's bytes [begin, end)"}),
        shown<&Hit::begin>({.name = "begin"}),
        shown<&Hit::end>({.name = "end"}),
        shown_json<&Hit::metadata>({.name = "metadata", .text = "of the document"}),
        shown_if_any<&Hit::context>(
            {.name = "context",
             .text = "the header of the table that the chunk begins within; left out where there "
                     "is none"}),
        shown_if_any<&Hit::place>(
            {.name = "place",
             .text = "where in its file the text comes from; left out where that is not known"}),
        shown<&Hit::highlights>({.name = "highlights",
                                 .text = "where words of the query stand in `text`, as bytes of "
                                         "the document: ascending, apart"}),
    };
    return table;
}

template <>
const ShownTable<Citation>& shown_fields<Citation>() {
    static const ShownTable<Citation> table{
        shown<&Citation::n>({.name = "n", .text = "the [n] in the text", .least = 1}),
        shown<&Citation::document>({.name = "document", .text = "the document's id"}),
        shown<&Citation::title>({.name = "title"}),
        shown<&Citation::begin>({.name = "begin"}),
        shown<&Citation::end>({.name = "end"}),
        shown<&Citation::quote>({.name = "quote", .text = "the document's bytes [begin, end)"}),
        shown_if_any<&Citation::translation>(
            {.name = "translation",
             .text = "what was read instead of the quote, where the collection keeps a translation "
                     "of the document"}),
        shown_if_any<&Citation::place>(
            {.name = "place",
             .text = "where in its file the text comes from; left out where that is not known"}),
    };
    return table;
}

template <>
const ShownTable<AnswerSpan>& shown_fields<AnswerSpan>() {
    static const ShownTable<AnswerSpan> table{
        shown<&AnswerSpan::document>({.name = "document"}),
        shown<&AnswerSpan::begin>({.name = "begin"}),
        shown<&AnswerSpan::end>({.name = "end"}),
        shown<&AnswerSpan::text>({.name = "text", .text = "the document's bytes [begin, end)"}),
    };
    return table;
}

template <>
const ShownTable<Summary>& shown_fields<Summary>() {
    static const ShownTable<Summary> table{
        shown<&Summary::text>({.name = "summary", .text = "empty where nothing was found to say"}),
        shown<&Summary::status>(
            {.name = "status", .choices = {"answered", "extractive", "unverified"}}),
        shown<&Summary::citations>({.name = "citations"}),
    };
    return table;
}

template <>
const ShownTable<SearchResult>& shown_fields<SearchResult>() {
    Schema number;
    number.types = {Type::number};
    static const ShownTable<SearchResult> table{
        shown<&SearchResult::hits>({.name = "hits", .text = "best first, or as `sort` says"}),
        {{.name = "milliseconds"},
         number,
         true,
         [](const SearchResult& result) { return json::value(result.timing.milliseconds); }},
        facets(),
        facet_statistics(),
        shown_if_any<&SearchResult::summaries>(
            {.name = "summaries", .text = "one, or one a hit, when they were asked for"}),
        shown_if_any<&SearchResult::hints>(
            {.name = "hints", .text = "for people: what may be a mistake in the request"}),
    };
    return table;
}

template <>
const ShownTable<Answer>& shown_fields<Answer>() {
    static const ShownTable<Answer> table{
        shown<&Answer::text>({.name = "answer", .text = "empty where the collection does not say"}),
        shown<&Answer::status>(
            {.name = "status",
             .text = "answered: written, and each sentence verified against what it cites; "
                     "extractive: quotes; abstained: the collection does not say, and the hits are "
                     "the nearest passages; unverified: written, and not verified, since the "
                     "pipeline has no step verify"}),
        shown<&Answer::confidence>(
            {.name = "confidence",
             .text = "the reader's probability that the best evidence answers",
             .least = 0,
             .most = 1}),
        shown<&Answer::citations>({.name = "citations"}),
        shown<&Answer::hits>({.name = "hits"}),
        stage_milliseconds<Answer>(),
        shown_if_any<&Answer::span>(
            {.name = "answer_span",
             .text = "the shortest bytes that answer; not there when abstained, or when the "
                     "pipeline's reader gives sentences only"}),
        shown_if_any<&Answer::question>(
            {.name = "question",
             .text = "what was asked of the collection, where there was a history: with what the "
                     "question leaned on"}),
        shown_if_any<&Answer::language>(
            {.name = "language", .text = "of the answer, where the request asked for one"}),
        shown_if_any<&Answer::original>(
            {.name = "original", .text = "the verified text that the answer is a translation of"}),
        shown_if_any<&Answer::hints>(
            {.name = "hints", .text = "for people: what may be a mistake in the request"}),
    };
    return table;
}

Schema result_named(std::string_view name) {
    using Named = std::pair<std::string_view, Schema (*)()>;
    static constexpr Named named[] = {
        {"place", &shown_schema<Place>},         {"hit", &shown_schema<Hit>},
        {"citation", &shown_schema<Citation>},   {"summary", &shown_schema<Summary>},
        {"search", &shown_schema<SearchResult>}, {"answer", &shown_schema<Answer>},
    };
    const auto* found = std::find_if(std::begin(named), std::end(named),
                                     [&](const Named& one) { return one.first == name; });
    if (found == std::end(named))
        throw std::out_of_range("no result is named '" + std::string(name) + "'");
    return found->second();
}

json::object json_of(const Place& place) {
    return shown_object(place);
}
json::object json_of(const Hit& hit) {
    return shown_object(hit);
}
json::object json_of(const Citation& citation) {
    return shown_object(citation);
}
json::object json_of(const JointResult& result, std::span<const std::string> names) {
    json::array hits;
    for (const JointHit& one : result.hits) {
        json::object hit = json_of(one.hit);
        if (one.collection < names.size())
            hit["collection"] = clean(names[one.collection]);
        else
            hit["collection"] = one.collection;
        hits.push_back(std::move(hit));
    }
    json::object out{{"hits", std::move(hits)}, {"milliseconds", result.timing.milliseconds}};
    if (!result.hints.empty()) out["hints"] = shown_value(result.hints);
    return out;
}
json::object json_of(const SearchResult& result) {
    return shown_object(result);
}
json::object json_of(const Summary& summary) {
    return shown_object(summary);
}
json::object json_of(const Answer& answer) {
    return shown_object(answer);
}

}  // namespace lectern::api
