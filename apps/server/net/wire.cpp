#include "apps/server/net/wire.hpp"

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <utility>
#include <vector>

namespace lectern::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

// Of a connection that sends little or nothing, of which there may be a thousand; and of one whose
// bytes fill that.
constexpr std::size_t small_piece = 1024;
constexpr std::size_t large_piece = 16384;

class PlainWire : public Wire {
 public:
    explicit PlainWire(asio::ip::tcp::socket socket) : stream_(std::move(socket)) {}

    asio::awaitable<bool> open(Clock::time_point /*deadline*/) override { co_return true; }

    asio::awaitable<bool> read(std::string& to, Clock::time_point deadline) override {
        stream_.expires_at(deadline);
        error_code error;
        const std::size_t count = co_await stream_.async_read_some(
            asio::buffer(piece_), asio::redirect_error(asio::use_awaitable, error));
        to.append(piece_.data(), count);
        if (count == piece_.size()) piece_.resize(large_piece);
        co_return !error;
    }

    void rest() override {
        if (piece_.size() > small_piece) piece_ = std::vector<char>(small_piece);
    }

    asio::awaitable<bool> write(std::string_view bytes, Clock::time_point deadline) override {
        stream_.expires_at(deadline);
        error_code error;
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }

    asio::awaitable<void> close(Clock::time_point deadline) override {
        error_code error;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
        piece_.resize(large_piece);
        for (std::size_t drained = 0; !error && drained < most_drained;) {
            stream_.expires_at(deadline);
            drained += co_await stream_.async_read_some(
                asio::buffer(piece_), asio::redirect_error(asio::use_awaitable, error));
        }
        stream_.socket().close(error);
    }

    bool gone() override { return has_gone(stream_.socket().native_handle()); }

 private:
    beast::tcp_stream stream_;
    std::vector<char> piece_ = std::vector<char>(small_piece);
};

}  // namespace

bool Wire::has_gone(int descriptor) {
    pollfd state{descriptor, POLLRDHUP, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::unique_ptr<Wire> plain_wire(asio::ip::tcp::socket socket) {
    return std::make_unique<PlainWire>(std::move(socket));
}

}  // namespace lectern::server
