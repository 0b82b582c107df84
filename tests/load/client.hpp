// tests/load/client.hpp: one client of the server, with a connection that it keeps.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lectern::load {

struct Reply {
    unsigned status = 0;
    std::string body;
    bool retry_after = false;  // has the header
};

// Used by one thread.
class Client {
 public:
    // `key`: of the API; empty: none is needed.
    explicit Client(std::uint16_t port, std::string key = {}) : port_(port), key_(std::move(key)) {}

    // Connects when it is not connected. Nothing when the connection failed: `error` says why.
    [[nodiscard]] std::optional<Reply> send(boost::beast::http::verb method,
                                            std::string_view target, std::string body);
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
    std::uint16_t port_;
    std::string key_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_{context_};
    boost::beast::flat_buffer buffer_;
    std::string error_;
};

}  // namespace lectern::load
