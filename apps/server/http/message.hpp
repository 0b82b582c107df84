// apps/server/http/message.hpp: a request that has arrived and the response to it, as plain values.
// Nothing here knows of sockets, so handlers and tests make them by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;
    std::string target;                                      // as sent
    std::vector<std::string> segments;                       // of the path, decoded
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    std::vector<Header> headers;
    std::string body;       // decompressed; empty for a route that takes its body as a stream
    unsigned version = 11;  // HTTP/1.0 is 10
    bool keep_alive = true;
    std::string trace_id;  // 32 hexadecimal digits: the caller's, or one of our own

    // The first header of that name, in any case; "" when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    [[nodiscard]] bool has_header(std::string_view name) const noexcept;
    // The first query parameter of that name.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

// What went wrong, of a response that tells it.
struct Problem {
    std::string code;        // one word for programs: "not_found"
    std::string detail;      // a sentence for people
    std::string field = {};  // of the request, where the failure is about one
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<Header> headers = {};
    // Of a response that was streamed: its last piece. It goes out when the request no longer
    // counts as one that runs, so that who has read it can ask again at once.
    std::string last_piece = {};
    // Of a body that is made while it is sent, as fast as the client takes it: the next bytes; "":
    // that was all. Called on the threads of the route's lane, one call at a time; the request
    // takes up its slot until the last one. After a failure the connection is closed, so that the
    // client knows that there is more.
    std::function<Result<std::string>()> pieces = {};
    // Of a failure: what the body says.
    std::optional<Problem> failure = {};
};

// Compares ASCII letters without their case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;
// The weight ("q") of a word in a comma-separated list (Accept, Accept-Encoding, …) in thousandths;
// nothing when the list has not the word.
[[nodiscard]] std::optional<unsigned> weight_of(std::string_view header,
                                                std::string_view word) noexcept;
// True when the list has the word, whatever its parameters but a weight of 0.
[[nodiscard]] bool lists(std::string_view header, std::string_view word) noexcept;
// True when the list has the word, and the other one not, with less weight, or behind it.
[[nodiscard]] bool prefers(std::string_view header, std::string_view word,
                           std::string_view other) noexcept;
[[nodiscard]] std::string_view reason(unsigned status) noexcept;

}  // namespace lectern::server
