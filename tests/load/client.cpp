#include "tests/load/client.hpp"

#include <boost/beast/http.hpp>
#include <utility>

namespace lectern::load {

namespace asio = boost::asio;
namespace http = boost::beast::http;

std::optional<Reply> Client::send(http::verb method, std::string_view target, std::string body) {
    try {
        if (!socket_.is_open()) {
            socket_.connect({asio::ip::address_v4::loopback(), port_});
            socket_.set_option(asio::ip::tcp::no_delay(true));
        }
        http::request<http::string_body> request(method, {target.data(), target.size()}, 11);
        request.set(http::field::host, "localhost");
        if (!key_.empty()) request.set("X-API-Key", key_);
        request.body() = std::move(body);
        request.prepare_payload();
        http::write(socket_, request);
        http::response_parser<http::string_body> parser;
        parser.body_limit(64U << 20U);
        http::read(socket_, buffer_, parser);
        Reply out{parser.get().result_int(), std::move(parser.get().body()),
                  parser.get().count(http::field::retry_after) > 0};
        if (!parser.get().keep_alive()) {
            socket_.close();
            buffer_.clear();
        }
        return out;
    } catch (const boost::system::system_error& failure) {
        error_ = failure.what();
        boost::system::error_code ignored;
        socket_.close(ignored);
        buffer_.clear();
        return std::nullopt;
    }
}

}  // namespace lectern::load
