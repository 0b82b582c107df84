// tests/load/slow_clients.hpp: clients that send a request byte by byte and never come to its end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

namespace lectern::load {

class SlowClients {
 public:
    // A byte of each every 100 milliseconds, from a thread of its own, until the object ends.
    SlowClients(std::uint16_t port, std::size_t count);

 private:
    void run(const std::stop_token& stop);

    boost::asio::io_context context_;
    std::vector<boost::asio::ip::tcp::socket> sockets_;
    std::jthread thread_;
};

}  // namespace lectern::load
