// tests/load/idle_clients.hpp: clients that have asked once and keep their connections.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lectern::load {

// As many open files as this process and those that it starts may have. Before they are started.
void allow_many_files();

class IdleClients {
 public:
    // Each has got its response when this returns.
    IdleClients(std::uint16_t port, std::size_t count);
    // Of those, whose connections the server keeps.
    [[nodiscard]] std::size_t open() const noexcept { return open_; }

 private:
    boost::asio::io_context context_;
    std::vector<boost::asio::ip::tcp::socket> sockets_;
    std::size_t open_ = 0;
};

}  // namespace lectern::load
