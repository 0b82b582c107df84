// apps/server/http/parser.hpp: an HTTP/1.1 request from bytes, over Boost.Beast's parser.
//
//     RequestParser parser;
//     parser.feed(pending);            // takes what it understands out of `pending`
//     if (parser.header_done()) route(parser.request());
//
// Nothing here waits or knows of sockets, so that it can be fed by tests and fuzzers.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/http/message.hpp"

namespace lectern::server {

class RequestParser : private boost::beast::http::basic_parser<true> {
    using Base = boost::beast::http::basic_parser<true>;

 public:
    static constexpr std::uint32_t max_header_bytes = 32 * 1024;

    RequestParser();

    struct Fault {
        unsigned status = 0;  // 0: none
        std::string detail = {};
    };
    // Parses the header, and no further. Bytes that were understood are taken out of `pending`.
    [[nodiscard]] Fault feed_header(std::string& pending);
    // Body bytes, without their framing, are appended to `body`.
    [[nodiscard]] Fault feed_body(std::string& pending, std::string& body);

    [[nodiscard]] bool header_done() const { return is_header_done(); }
    [[nodiscard]] bool done() const { return is_done(); }
    // Of the body, when the sender said it.
    [[nodiscard]] std::optional<std::uint64_t> length() const;
    // After header_done().
    [[nodiscard]] Request& request() noexcept { return request_; }

 private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, View method, View target, int version,
                         Error& error) override;
    void on_response_impl(int, View, int, Error& error) override;
    void on_field_impl(boost::beast::http::field, View name, View value, Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error& error) override;
    std::size_t on_body_impl(View body, Error& error) override;
    void on_chunk_header_impl(std::uint64_t, View, Error& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override;
    void on_finish_impl(Error& error) override;

    Request request_;
    std::string* body_ = nullptr;
};

// Whether it is certain whom a request is for and where its body ends (RFC 9112, 3.2 and 6). Two
// programs that read it differently are what smugglers live on. 400 for a header Host that is
// missing, there twice or of several values, for a transfer coding of HTTP/1.0, and for one other
// than chunked. The connection must end then.
[[nodiscard]] std::optional<Response> refuse_framing(const Request& request);

}  // namespace lectern::server
