// The fields that api/ and config/ describe, as JSON Schemas on standard output, for
// option_tables.py:
//
//     {"http": {"search delivery": {...}, ...}, "mcp": ..., "c": ..., "command": ..., "pipeline":
//     ...}
#include <boost/json.hpp>
#include <iostream>

#include "api/request_fields.hpp"
#include "config/pipeline_fields.hpp"

int main() {
    namespace api = lectern::api;
    namespace config = lectern::config;
    boost::json::object out;
    for (const auto& [name, where] : {std::pair{"http", api::in_http},
                                      {"mcp", api::in_mcp},
                                      {"c", api::in_c},
                                      {"command", api::in_command}}) {
        boost::json::object tables;
        for (const char* names : {"search", "ask", "summarize", "delivery", "deadline", "file"})
            tables[names] = json_of(api::fields_named(names, where));
        out[name] = std::move(tables);
    }
    out["pipeline"] =
        boost::json::object{{"search", json_of(schema_of(config::search_keys(), api::in_pipeline))},
                            {"answer", json_of(schema_of(config::answer_keys(), api::in_pipeline))},
                            {"branch", json_of(schema_of(config::branch_keys(), api::in_pipeline))},
                            {"fuse", json_of(schema_of(config::fuse_keys(), api::in_pipeline))}};
    std::cout << out << '\n';
}
