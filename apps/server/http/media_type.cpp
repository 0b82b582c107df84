#include "apps/server/http/media_type.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

constexpr std::array<std::string_view, 5> said_by_default{"application/x-www-form-urlencoded",
                                                          "application/octet-stream",
                                                          "binary/octet-stream", "text/plain", ""};
constexpr std::array<std::string_view, 8> of_lines{
    "application/x-ndjson", "application/ndjson",     "application/jsonl",
    "application/x-jsonl",  "application/json-lines", "application/jsonlines",
    "text/jsonl",           "application/x-jsonlines"};

// Without parameters, in small letters.
std::string essence(std::string_view type) {
    type = type.substr(0, type.find(';'));
    std::string out;
    for (const char c : type)
        if (c != ' ' && c != '\t')
            out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return out;
}

template <typename List>
bool has(const List& list, std::string_view type) {
    return std::find(list.begin(), list.end(), type) != list.end();
}

}  // namespace

std::optional<Response> refuse_type(Body body, std::string_view content_type) {
    const std::string type = essence(content_type);
    const bool form = type.starts_with("multipart/");
    const bool json = type == "application/json" || type == "text/json" || type.ends_with("+json");
    if (body == Body::bytes
            ? !form
            : json || has(said_by_default, type) || (body == Body::lines && has(of_lines, type)))
        return {};
    const char* takes = body == Body::json    ? "application/json"
                        : body == Body::lines ? "application/x-ndjson, application/json"
                                              : "*/*";
    Response out = problem(
        415, "unsupported_media_type",
        form ? "the body must be the " + std::string(body == Body::bytes ? "file" : "JSON") +
                   " itself, not a form with parts (curl: --data-binary @FILE instead of -F)"
             : "the body must be " + std::string(takes) + ", not " + type);
    out.headers.push_back({"Accept", takes});
    return out;
}

}  // namespace lectern::server
