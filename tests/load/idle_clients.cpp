#include "tests/load/idle_clients.hpp"

#include <sys/resource.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>

namespace lectern::load {

namespace asio = boost::asio;

void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

IdleClients::IdleClients(std::uint16_t port, std::size_t count) {
    constexpr std::string_view request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (std::size_t i = 0; i < count; ++i) {
        asio::ip::tcp::socket& socket = sockets_.emplace_back(context_);
        boost::system::error_code failed;
        socket.connect({asio::ip::address_v4::loopback(), port}, failed);
        if (!failed) asio::write(socket, asio::buffer(request), failed);
        std::string response;
        if (!failed) asio::read_until(socket, asio::dynamic_buffer(response), '}', failed);
        if (!failed && response.starts_with("HTTP/1.1 200")) ++open_;
    }
}

}  // namespace lectern::load
