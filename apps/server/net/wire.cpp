#include "apps/server/net/wire.hpp"

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
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

// What is read while closing, at most: enough for a request that was refused unread.
constexpr std::size_t most_drained = 1U << 20U;
// Of a connection that sends little or nothing, of which there may be a thousand; and of one whose
// bytes fill that.
constexpr std::size_t small_piece = 1024;
constexpr std::size_t large_piece = 16384;

template <typename Stream>
class WireOf : public Wire {
 public:
    template <typename... Arguments>
    explicit WireOf(Arguments&&... arguments) : stream_(std::forward<Arguments>(arguments)...) {}

    asio::awaitable<bool> open(Clock::time_point deadline) override {
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
            socket().expires_at(deadline);
            error_code error;
            co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                             asio::redirect_error(asio::use_awaitable, error));
            co_return !error;
        }
        (void)deadline;
        co_return true;
    }

    asio::awaitable<bool> read(std::string& to, Clock::time_point deadline) override {
        socket().expires_at(deadline);
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
        socket().expires_at(deadline);
        error_code error;
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }

    asio::awaitable<void> close(Clock::time_point deadline) override {
        error_code error;
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
            socket().expires_at(deadline);
            co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
        }
        socket().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
        piece_.resize(large_piece);
        for (std::size_t drained = 0; !error && drained < most_drained;) {
            socket().expires_at(deadline);
            drained += co_await socket().async_read_some(
                asio::buffer(piece_), asio::redirect_error(asio::use_awaitable, error));
        }
        socket().socket().close(error);
    }

    bool gone() override {
        pollfd state{socket().socket().native_handle(), POLLRDHUP, 0};
        return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
    }

    void cancel() override { socket().cancel(); }

 private:
    beast::tcp_stream& socket() {
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>)
            return stream_;
        else
            return stream_.next_layer();
    }

    Stream stream_;
    std::vector<char> piece_ = std::vector<char>(small_piece);
};

}  // namespace

std::unique_ptr<Wire> plain_wire(asio::ip::tcp::socket socket) {
    return std::make_unique<WireOf<beast::tcp_stream>>(std::move(socket));
}

std::unique_ptr<Wire> tls_wire(asio::ip::tcp::socket socket, asio::ssl::context& context) {
    return std::make_unique<WireOf<asio::ssl::stream<beast::tcp_stream>>>(std::move(socket),
                                                                          context);
}

}  // namespace lectern::server
