#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "apps/server/net/wire.hpp"

// OpenSSL reads and writes the socket itself and is asked again when the system says that it can go
// on. asio's own stream keeps two buffers and a pair of BIOs for every connection, 70 KB that an
// idle one has no use for.

namespace lectern::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Of what is read at once while a connection sends little, and of a whole record.
constexpr std::size_t small_record = 1024;
constexpr std::size_t whole_record = 16384;

struct FreeSsl {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};
struct FreeMethod {
    void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};

// The socket as OpenSSL's source and sink. Unlike OpenSSL's own it raises no SIGPIPE.
int descriptor_of(BIO* bio) {
    return static_cast<tcp::socket*>(BIO_get_data(bio))->native_handle();
}

bool comes_later(ssize_t done) {
    return done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

int socket_write(BIO* bio, const char* bytes, int count) {
    BIO_clear_retry_flags(bio);
    const ssize_t done =
        ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    if (comes_later(done)) BIO_set_retry_write(bio);
    return static_cast<int>(done);
}

int socket_read(BIO* bio, char* bytes, int count) {
    BIO_clear_retry_flags(bio);
    const ssize_t done = ::recv(descriptor_of(bio), bytes, static_cast<std::size_t>(count), 0);
    if (comes_later(done)) BIO_set_retry_read(bio);
    return static_cast<int>(done);
}

long socket_control(BIO* /*bio*/, int command, long /*number*/, void* /*what*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is held back
}

const BIO_METHOD* socket_method() {
    static const std::unique_ptr<BIO_METHOD, FreeMethod> method = [] {
        std::unique_ptr<BIO_METHOD, FreeMethod> out(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "a connection's socket"));
        if (out == nullptr || BIO_meth_set_write(out.get(), socket_write) != 1 ||
            BIO_meth_set_read(out.get(), socket_read) != 1 ||
            BIO_meth_set_ctrl(out.get(), socket_control) != 1)
            out.reset();
        return out;
    }();
    return method.get();
}

class TlsWire : public Wire {
 public:
    TlsWire(tcp::socket socket, SSL_CTX* context)
        : link_(std::make_shared<Link>(std::move(socket))), ssl_(SSL_new(context)) {
        error_code error;
        link_->socket.native_non_blocking(true, error);
        BIO* const bio =
            ssl_ == nullptr || socket_method() == nullptr ? nullptr : BIO_new(socket_method());
        if (error || bio == nullptr) {
            ssl_.reset();
            return;
        }
        BIO_set_data(bio, &link_->socket);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio);
        // A connection that waits keeps no room for records.
        SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
        SSL_set_accept_state(ssl_.get());
    }

    asio::awaitable<bool> open(Clock::time_point deadline) override {
        if (ssl_ == nullptr) co_return false;
        const Until until(link_, deadline);
        // The client speaks first; one that says nothing takes no room for records.
        const bool came = co_await wait(tcp::socket::wait_read);
        if (!came) co_return false;
        while (true) {
            ERR_clear_error();
            const int done = SSL_do_handshake(ssl_.get());
            if (done == 1) co_return true;
            const bool again = co_await ready(done);
            if (!again) co_return false;
        }
    }

    asio::awaitable<bool> read(std::string& to, Clock::time_point deadline) override {
        if (broken_) co_return false;
        const Until until(link_, deadline);
        // Waiting comes first, so that one who sends all the time lets others have their turn.
        if (SSL_pending(ssl_.get()) == 0) {
            const bool came = co_await wait(tcp::socket::wait_read);
            if (!came) co_return false;
        }
        while (true) {
            ERR_clear_error();
            std::size_t count = 0;
            const int done = SSL_read_ex(ssl_.get(), piece_.data(), piece_.size(), &count);
            if (done == 1) {
                to.append(piece_.data(), count);
                if (count == piece_.size()) piece_.resize(whole_record);
                co_return true;
            }
            const bool again = co_await ready(done);
            if (!again) co_return false;
        }
    }

    void rest() override {
        if (piece_.size() > small_record) piece_ = std::vector<char>(small_record);
    }

    asio::awaitable<bool> write(std::string_view bytes, Clock::time_point deadline) override {
        if (broken_) co_return false;
        const Until until(link_, deadline);
        while (!bytes.empty()) {
            ERR_clear_error();
            std::size_t count = 0;
            const std::size_t now = std::min(bytes.size(), whole_record);
            const int done = SSL_write_ex(ssl_.get(), bytes.data(), now, &count);
            if (done == 1) {
                bytes.remove_prefix(count);
                continue;
            }
            const bool again = co_await ready(done);  // and then the same bytes
            if (!again) co_return false;
        }
        co_return true;
    }

    asio::awaitable<void> close(Clock::time_point deadline) override {
        const Until until(link_, deadline);
        tcp::socket& socket = link_->socket;
        error_code error;
        if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1) {
            ERR_clear_error();
            // The one word that nothing more comes. The other side's is not waited for: what comes
            // from here on is thrown away.
            while (SSL_shutdown(ssl_.get()) < 0) {
                const bool again = co_await ready(-1);
                if (!again) break;
            }
        }
        broken_ = true;
        socket.shutdown(tcp::socket::shutdown_send, error);
        piece_.resize(whole_record);
        for (std::size_t drained = 0; !error && drained < Wire::most_drained;)
            drained += co_await socket.async_read_some(
                asio::buffer(piece_), asio::redirect_error(asio::use_awaitable, error));
        socket.close(error);
    }

    bool gone() override { return has_gone(link_->socket.native_handle()); }

 private:
    // The socket and the time limit of what is done on it, which closes it. A limit that passes
    // while that ends is of no more meaning: another one may have begun, or the wire is no more.
    struct Link {
        explicit Link(tcp::socket connected)
            : socket(std::move(connected)), timer(socket.get_executor()) {}
        tcp::socket socket;
        asio::steady_timer timer;
        std::uint64_t round = 0;
    };
    class Until {
     public:
        Until(const std::shared_ptr<Link>& link, Clock::time_point deadline) : link_(*link) {
            link->timer.expires_at(deadline);
            link->timer.async_wait(
                [held = std::weak_ptr<Link>(link), round = ++link->round](error_code error) {
                    const std::shared_ptr<Link> there = held.lock();
                    if (error || there == nullptr || there->round != round) return;
                    there->socket.close(error);
                });
        }
        Until(const Until&) = delete;
        Until& operator=(const Until&) = delete;
        ~Until() {
            ++link_.round;
            link_.timer.cancel();
        }

     private:
        Link& link_;
    };

    asio::awaitable<bool> wait(tcp::socket::wait_type what) {
        error_code error;
        co_await link_->socket.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
        if (error) broken_ = true;
        co_return !error;
    }

    // After a call of OpenSSL that did not succeed: waits until it can be made again. False: it
    // cannot.
    asio::awaitable<bool> ready(int done) {
        const int why = SSL_get_error(ssl_.get(), done);
        if (why == SSL_ERROR_ZERO_RETURN) co_return false;  // the other side has said its last word
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
            broken_ = true;
            co_return false;
        }
        const bool can = co_await wait(why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read
                                                                  : tcp::socket::wait_write);
        co_return can;
    }

    const std::shared_ptr<Link> link_;
    std::unique_ptr<SSL, FreeSsl> ssl_;  // goes before the socket that it reads and writes
    std::vector<char> piece_ = std::vector<char>(small_record);
    bool broken_ = false;  // OpenSSL must not be asked any more
};

}  // namespace

std::unique_ptr<Wire> tls_wire(tcp::socket socket, asio::ssl::context& context) {
    return std::make_unique<TlsWire>(std::move(socket), context.native_handle());
}

}  // namespace lectern::server
