// apps/server/api/search_request.hpp: a search as its request says it.
#pragma once

#include <string>

#include "apps/server/api/fields.hpp"
#include "apps/server/options.hpp"

namespace lectern::server {

struct SearchRequest {
    std::string query;
    SearchOptions options;
};

// Takes all fields of a search but `explain` and `stream`. What is wrong is in fields.done().
[[nodiscard]] SearchRequest read_search(Fields& fields, const Limits& limits);

// The fields `mode`, `fusion`, `weight` and `candidates`.
void read_ranking(Fields& fields, SearchOptions& options);

// The field `deadline_milliseconds`: `longest` at most, and without it.
[[nodiscard]] std::chrono::milliseconds read_deadline(Fields& fields,
                                                      std::chrono::milliseconds longest);

}  // namespace lectern::server
