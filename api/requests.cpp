#include "api/requests.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/request_fields.hpp"

namespace lectern::api {
namespace {

constexpr std::size_t most_summaries = 20;  // each is a generation

// The limit of a deadline; none when there is none.
std::vector<Limit> limit_of(std::optional<std::chrono::milliseconds> longest) {
    if (!longest) return {};
    return {{"deadline_milliseconds", static_cast<double>(longest->count())}};
}

}  // namespace

std::vector<Limit> limits_of(const SearchLimits& limits) {
    // What is written may take longer than a search.
    std::vector<Limit> out = limit_of(limits.answer_time);
    for (const char* name : {"k", "offset"}) out.push_back({name, static_cast<double>(limits.k)});
    return out;
}

SearchRequest read_search(Fields& fields, const SearchLimits& limits, Where where,
                          SearchRequest initial) {
    SearchRequest out = std::move(initial);
    read(fields, search_fields(), where, out, limits_of(limits));
    SearchOptions& options = out.options;
    const bool writes = options.summaries != Summaries::none;
    if (options.summaries == Summaries::each && options.k > most_summaries)
        fields.wrong("k", "must be at most " + std::to_string(most_summaries) +
                              " where each hit is summarized");
    if (!writes && options.deadline && limits.search_time &&
        *options.deadline > *limits.search_time)
        fields.wrong("deadline_milliseconds", "must be a whole number from 1 to " +
                                                  std::to_string(limits.search_time->count()));
    if (!options.deadline) options.deadline = writes ? limits.answer_time : limits.search_time;
    return out;
}

void read_ranking(Fields& fields, SearchOptions& options) {
    read(fields, ranking_options(), in_http, options);
}

FileRequest read_file(Fields& fields, bool paths) {
    FileRequest out;
    Table<FileRequest> table = file_fields();
    if (!paths)
        std::erase_if(table, [](const auto& field) { return field.description.name == "path"; });
    read(fields, table, in_mcp, out);
    const auto given = [](const std::string& field) { return field.empty() ? 0 : 1; };
    if (given(out.content) + given(out.text) + given(out.path) != 1)
        fields.wrong("content", paths ? "must hold the file in base64, or in its place 'text' or "
                                        "'path', and only one of them"
                                      : "must hold the file in base64, or in its place 'text', and "
                                        "only one of them");
    if (out.name.empty()) out.name = out.path;
    if (out.name.empty()) fields.wrong("name", "must be the file's name: report.docx");
    return out;
}

std::optional<std::chrono::milliseconds> read_deadline(
    Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    Deadline out{longest};
    read(fields, deadline_fields(), in_http, out, limit_of(longest));
    return out.deadline;
}

AskRequest read_ask(Fields& fields, std::optional<std::chrono::milliseconds> longest, Where where) {
    AskRequest out;
    read(fields, ask_fields(), where, out, limit_of(longest));
    if (!out.options.deadline) out.options.deadline = longest;
    return out;
}

SummarizeRequest read_summarize(Fields& fields, std::optional<std::chrono::milliseconds> longest,
                                Where where) {
    SummarizeRequest out;
    read(fields, summarize_fields(), where, out, limit_of(longest));
    if (!out.options.deadline) out.options.deadline = longest;
    return out;
}

SearchRequest read_search(Fields& fields, const SearchLimits& limits) {
    return read_search(fields, limits, in_http);
}
AskRequest read_ask(Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    return read_ask(fields, longest, in_http);
}
SummarizeRequest read_summarize(Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    return read_summarize(fields, longest, in_http);
}

}  // namespace lectern::api
