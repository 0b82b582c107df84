// api/requests.hpp: what the fields of a request say, the same over HTTP and in the C interface.
// What is wrong is in fields.done(). Pure functions.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "api/fields.hpp"
#include "lectern/lectern.hpp"

namespace lectern::api {

struct SearchRequest {
    std::string query;
    SearchOptions options;
};

struct SearchLimits {
    std::size_t k = 10'000;  // hits
    // Empty: none.
    std::optional<std::chrono::milliseconds> search_time = {};
    std::optional<std::chrono::milliseconds> answer_time = {};
};

// Takes all fields of a search but `explain` and `stream`.
[[nodiscard]] SearchRequest read_search(Fields& fields, const SearchLimits& limits);

// The fields `mode`, `fusion`, `weight`, `feedback` and `candidates`.
void read_ranking(Fields& fields, SearchOptions& options);

struct AskRequest {
    std::string question;
    AskOptions options;
};

// Takes all fields of a question but `explain` and `stream`.
[[nodiscard]] AskRequest read_ask(Fields& fields, std::optional<std::chrono::milliseconds> longest);

struct SummarizeRequest {
    std::string document;
    SummarizeOptions options;
};

[[nodiscard]] SummarizeRequest read_summarize(Fields& fields,
                                              std::optional<std::chrono::milliseconds> longest);

// A file that a client stores.
struct FileRequest {
    std::string name;
    std::string content;  // base64
    std::string text;
    std::string path;
    std::string media_type;
};

// Takes all fields of a file. `paths`: one of this machine may be named by its path.
[[nodiscard]] FileRequest read_file(Fields& fields, bool paths);

// The field `deadline_milliseconds`: `longest` at most, and without it.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_deadline(
    Fields& fields, std::optional<std::chrono::milliseconds> longest);

}  // namespace lectern::api
