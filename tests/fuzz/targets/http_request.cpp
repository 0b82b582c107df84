// An HTTP request in pieces: its header, its target, its body, decompressed where it says so.
#include "apps/server/http/gzip.hpp"
#include "apps/server/http/parser.hpp"
#include "apps/server/http/target.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {
namespace {

void target_and_body(server::RequestParser& parser, const std::string& body) {
    server::Request& request = parser.request();
    if (server::read_target(request).ok())
        for (const std::string& segment : request.segments) {
            must(segment != "." && segment != "..", "a path does not climb");
            must(text::invalid_utf8_at(segment) == std::string_view::npos, "a path is UTF-8");
        }
    (void)request.header("Content-Type");
    (void)server::lists(request.header("Accept"), "text/event-stream");
    (void)server::lists(request.header("Connection"), "close");
    if (!server::lists(request.header("Content-Encoding"), "gzip")) return;
    constexpr std::uint64_t limit = 1 << 16;
    server::Gunzip gunzip(limit);
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += 7)
        if (!gunzip.add(std::string_view(body).substr(at, 7), out).ok()) break;
    must(out.size() <= limit, "the limit of a decompressed body holds");
    (void)gunzip.finish();
}

}  // namespace

void run(std::string_view input) {
    const std::size_t piece = 1 + 16 * take_choice(input, 64);
    server::RequestParser parser;
    std::string pending;
    std::string body;
    while (!input.empty() && !parser.done()) {
        pending.append(input.substr(0, piece));
        input.remove_prefix(std::min(piece, input.size()));
        if (!parser.header_done()) {
            if (const auto fault = parser.feed_header(pending); fault.status != 0) {
                must(fault.status >= 400 && fault.status < 600, "a fault is an error's status");
                return;
            }
        }
        if (parser.header_done() && !parser.done() && !pending.empty() &&
            parser.feed_body(pending, body).status != 0)
            return;
    }
    if (parser.header_done()) target_and_body(parser, body);
}

}  // namespace lectern::fuzz
