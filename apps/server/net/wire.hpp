// apps/server/net/wire.hpp: the bytes of one connection, plain or TLS, with a time limit for each
// wait.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lectern::server {

class Wire {
 public:
    using Clock = std::chrono::steady_clock;
    virtual ~Wire() = default;
    // TLS: the handshake. False: the connection is of no use.
    virtual boost::asio::awaitable<bool> open(Clock::time_point deadline) = 0;
    // Appends what has come to `to`; false at the end, on an error, and
    // when the deadline passes: then the connection is closed.
    virtual boost::asio::awaitable<bool> read(std::string& to, Clock::time_point deadline) = 0;
    // Nothing is expected for a while: gives back what reading much has taken.
    virtual void rest() = 0;
    // All of it, or false.
    virtual boost::asio::awaitable<bool> write(std::string_view bytes,
                                               Clock::time_point deadline) = 0;
    // Says that nothing more comes, and waits a little for the other side to do the same, so that
    // it gets what was written last.
    virtual boost::asio::awaitable<void> close(Clock::time_point deadline) = 0;
    // Whether the other side has closed, or said that nothing more comes from it, whatever it sent
    // before. Asks the system, never waits.
    [[nodiscard]] virtual bool gone() = 0;

 protected:
    // What is read while closing, at most: enough for a request that was refused unread.
    static constexpr std::size_t most_drained = 1U << 20U;
    [[nodiscard]] static bool has_gone(int descriptor);
};

[[nodiscard]] std::unique_ptr<Wire> plain_wire(boost::asio::ip::tcp::socket socket);
[[nodiscard]] std::unique_ptr<Wire> tls_wire(boost::asio::ip::tcp::socket socket,
                                             boost::asio::ssl::context& context);

}  // namespace lectern::server
