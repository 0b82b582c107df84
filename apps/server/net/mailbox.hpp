// apps/server/net/mailbox.hpp: from a worker thread to the connection's coroutine.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/server/api/call.hpp"

namespace lectern::server {

struct Letter {
    enum class Kind { begin, piece, done, late };
    Kind kind = Kind::done;
    std::string text = {};                             // of begin: the content type
    Response response = {};                            // of done; of begin: its headers
    std::chrono::steady_clock::time_point begun = {};  // of done: when the worker took it
};

class Mailbox : public ResponseStream, public std::enable_shared_from_this<Mailbox> {
 public:
    // The executor must be the connection's strand.
    explicit Mailbox(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    // From any thread.
    using ResponseStream::begin;
    void begin(std::string_view content_type, std::vector<Header> headers) override {
        begun_ = true;
        Response head;
        head.headers = std::move(headers);
        post({Letter::Kind::begin, std::string(content_type), std::move(head)});
    }
    bool write(std::string_view piece) override {
        post({Letter::Kind::piece, std::string(piece), {}});
        return !gone_;
    }
    [[nodiscard]] bool begun() const override { return begun_; }
    void end(std::string last_piece) override {
        Response last;
        last.last_piece = std::move(last_piece);
        post({Letter::Kind::done, {}, std::move(last)});
    }
    [[nodiscard]] std::shared_ptr<ResponseStream> shared() override { return shared_from_this(); }
    void post(Letter letter);

    // From the connection's strand. Nothing: none came until then.
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] boost::asio::awaitable<std::optional<Letter>> next(
        Clock::time_point until = Clock::time_point::max());
    void client_has_gone() { gone_ = true; }

 private:
    std::mutex mutex_;
    std::deque<Letter> letters_;
    boost::asio::steady_timer timer_;
    std::atomic<bool> begun_{false};
    std::atomic<bool> gone_{false};
};

}  // namespace lectern::server
