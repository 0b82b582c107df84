// apps/server/net/server.hpp: the HTTP server over a data folder of collections.
//
//     auto server = Server::start(options);      // listens when it returns
//     (*server)->drain();                        // from any thread: running requests end
//     (*server)->wait();                         // until that is done
//
// Threads: a few for input and output, which never work and never wait, so that a slow client holds
// up nobody; workers of their own for reading, answers and ingest (executor.hpp).
#pragma once

#include <cstdint>
#include <memory>

#include "apps/server/options.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

class Server {
 public:
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] std::uint16_t port() const noexcept;
    // New requests get 503; when those that run are answered, or after the drain time, all ends.
    void drain();
    void wait();
    // Reads the file of keys and the certificate again, where there are any. What cannot be read
    // stays as it was, and the log says so. The keys are also read when their file changes.
    [[nodiscard]] Status reload();

    struct Impl;

 private:
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace lectern::server
