#include "apps/server/net/mailbox.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace lectern::server {

void Mailbox::post(Letter letter) {
    {
        const std::lock_guard lock(mutex_);
        letters_.push_back(std::move(letter));
    }
    // On the strand: the coroutine is either before its look at the letters, or waits already.
    boost::asio::post(timer_.get_executor(),
                      [self = shared_from_this()] { self->timer_.cancel(); });
}

boost::asio::awaitable<std::optional<Letter>> Mailbox::next(Clock::time_point until) {
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (!letters_.empty()) {
                Letter letter = std::move(letters_.front());
                letters_.pop_front();
                co_return letter;
            }
        }
        if (Clock::now() >= until) co_return std::nullopt;
        timer_.expires_at(until);
        boost::system::error_code error;
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
}

}  // namespace lectern::server
