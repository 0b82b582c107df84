#include "apps/server/http/parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace lectern::server {
namespace {

namespace http = boost::beast::http;

RequestParser::Fault fault(const boost::beast::error_code& error) {
    if (error == http::error::header_limit)
        return {431, "the header is larger than " +
                         std::to_string(RequestParser::max_header_bytes) + " bytes"};
    if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken"};
    return {400, "the request is not valid HTTP/1.1: " + error.message()};
}

}  // namespace

RequestParser::RequestParser() {
    header_limit(max_header_bytes);
    body_limit(boost::none);  // the server counts: limits are a route's
    eager(false);
}

std::optional<std::uint64_t> RequestParser::length() const {
    const auto value = content_length();
    if (!value) return {};
    return *value;
}

RequestParser::Fault RequestParser::feed_header(std::string& pending) {
    boost::beast::error_code error;
    const std::size_t used = put(boost::asio::buffer(pending), error);
    pending.erase(0, used);
    if (error && error != http::error::need_more) return fault(error);
    return {};
}

RequestParser::Fault RequestParser::feed_body(std::string& pending, std::string& body) {
    body_ = &body;
    // Boost.Beast 1.81 asserts that it has five bytes when it looks at a last chunk again. A
    // chunked body that has not ended has as many still to come: "0", CRLF, CRLF.
    const std::size_t least = chunked() ? 5 : 1;
    while (!is_done() && pending.size() >= least) {
        boost::beast::error_code error;
        const std::size_t used = put(boost::asio::buffer(pending), error);
        pending.erase(0, used);
        if (error == http::error::need_more) break;
        if (error) return fault(error);
        if (used == 0) break;
    }
    body_ = nullptr;
    return {};
}

void RequestParser::on_request_impl(http::verb, View method, View target, int version,
                                    Error& error) {
    request_.method = std::string(method);
    request_.target = std::string(target);
    request_.version = static_cast<unsigned>(version);
    if (version != 10 && version != 11) error = http::error::bad_version;
}

void RequestParser::on_response_impl(int, View, int, Error&) {}

void RequestParser::on_field_impl(http::field, View name, View value, Error&) {
    request_.headers.push_back({std::string(name), std::string(value)});
}

void RequestParser::on_header_impl(Error&) {
    request_.keep_alive = keep_alive();
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) {}

std::size_t RequestParser::on_body_impl(View body, Error&) {
    if (body_ != nullptr) body_->append(body.data(), body.size());
    return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t, View, Error&) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View body, Error&) {
    if (body_ != nullptr) body_->append(body.data(), body.size());
    return body.size();
}

void RequestParser::on_finish_impl(Error&) {}

}  // namespace lectern::server
