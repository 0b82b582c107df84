#include "tests/load/slow_clients.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string_view>

namespace lectern::load {

namespace asio = boost::asio;

SlowClients::SlowClients(std::uint16_t port, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        sockets_.emplace_back(context_);
        sockets_.back().connect({asio::ip::address_v4::loopback(), port});
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void SlowClients::run(const std::stop_token& stop) {
    // The header's time is over before this is.
    constexpr std::string_view bytes =
        "POST /collections/notes/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: 1000\r\n\r\n{\"query\": \"";
    for (std::size_t at = 0; !stop.stop_requested(); ++at) {
        for (asio::ip::tcp::socket& socket : sockets_) {
            boost::system::error_code closed;  // the server cuts them off
            asio::write(socket, asio::buffer(&bytes[at % bytes.size()], 1), closed);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

}  // namespace lectern::load
