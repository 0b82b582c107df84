// api/request_fields.hpp: the fields of requests, described. What stands here is read, checked,
// said by --help, OpenAPI and MCP, and printed into docs/, without another line of code.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/described.hpp"
#include "api/requests.hpp"
#include "lectern/lectern.hpp"

namespace lectern::api {

// How a result comes back.
struct Delivery {
    bool explain = false;
    std::optional<bool> stream = {};
};

[[nodiscard]] const Table<SearchRequest>& search_fields();
[[nodiscard]] const Table<AskRequest>& ask_fields();
[[nodiscard]] const Table<SummarizeRequest>& summarize_fields();
[[nodiscard]] const Table<Delivery>& delivery_fields();
[[nodiscard]] const Table<FileRequest>& file_fields();

// What a server's limits leave of `k`, `offset` and `deadline_milliseconds`.
[[nodiscard]] std::vector<Limit> limits_of(const SearchLimits& limits);

// As in requests.hpp, with the fields that may stand at a place.
[[nodiscard]] SearchRequest read_search(Fields& fields, const SearchLimits& limits, Where where,
                                        SearchRequest initial = {});
[[nodiscard]] AskRequest read_ask(Fields& fields, std::optional<std::chrono::milliseconds> longest,
                                  Where where);
[[nodiscard]] SummarizeRequest read_summarize(Fields& fields,
                                              std::optional<std::chrono::milliseconds> longest,
                                              Where where);

// How long a request may take that has no other fields of a search.
struct Deadline {
    std::optional<std::chrono::milliseconds> deadline = {};
};
[[nodiscard]] const Table<Deadline>& deadline_fields();

// A language model reads all that it finds: fewer hits, and at most so many.
inline constexpr std::size_t most_hits_of_models = 100;
[[nodiscard]] SearchRequest search_of_models();

// Of SearchOptions: all but the query's text; those that say how it ranks (of eval, too).
[[nodiscard]] const Table<SearchOptions>& search_options();
[[nodiscard]] const Table<SearchOptions>& ranking_options();

// The fields of one or several tables by their names, with spaces between them: "search delivery".
// Also "ask", "summarize", "ranking", "filter", "file" and "deadline". Throws std::out_of_range for
// another.
[[nodiscard]] Schema fields_named(std::string_view names, unsigned where,
                                  std::span<const Limit> limits = {});

// Fields that a pipeline file has as well.
namespace described {
inline constexpr Description mode{
    .name = "mode",
    .text = "by meaning and words together (hybrid), by meaning (dense) or by words (lexical)",
    .left_out = "the pipeline's"};
inline constexpr Description fusion{
    .name = "fusion",
    .text =
        "how a hybrid search makes one score of two: of scaled scores (convex), or of ranks "
        "(rrf)",
    .left_out = "the pipeline's"};
inline constexpr Description weight{
    .name = "weight",
    .text = "of the meaning in a hybrid search; the words have the rest",
    .places = in_command | in_http | in_c,
    .least = 0,
    .most = 1,
    .left_out = "the pipeline's"};
inline constexpr Description feedback{
    .name = "feedback",
    .text =
        "how far a hybrid search moves the query's vector towards its two best chunks before "
        "it searches the vectors again; 0: not at all",
    .least = 0,
    .most = 1,
    .left_out = "the pipeline's"};
inline constexpr Description candidates{.name = "candidates",
                                        .text = "chunks that each side finds first",
                                        .places = in_command | in_http | in_c,
                                        .least = 1,
                                        .most = 10'000,
                                        .left_out = "the pipeline's"};
inline constexpr Description typos{
    .name = "typos",
    .text = "look for a word that no passage has as if it were mistyped",
    .left_out = "the pipeline's"};

// In a pipeline file, where what is left out has a default.
constexpr Description in_file(Description description) {
    description.places = in_pipeline;
    description.left_out = {};
    return description;
}
}  // namespace described

}  // namespace lectern::api
