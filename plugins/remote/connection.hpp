// HTTP to one server, by libcurl. Threads: any number at once; each call takes a handle of its own,
// and handles keep their connections for the next call.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lectern::remote {

struct ConnectionOptions {
    std::string url;      // http:// or https://, of the completions
    std::string key;      // sent as a bearer token; "": none
    std::string ca_file;  // PEM; "": the system's
    std::chrono::seconds connect_timeout{5};
    std::chrono::seconds silence_timeout{60};  // without a byte, the first included
};

struct Reply {
    long status = 0;
    std::string media_type;
};

class Connection {
 public:
    // Throws plugin::Failure when the address or the file of certificates is of no use.
    explicit Connection(ConnectionOptions options);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // Bytes of the body as they come; false: enough.
    using Body = std::function<bool(const Reply& reply, std::string_view bytes)>;
    // Asked ten times a second at least.
    using Cancelled = std::function<bool()>;

    // Sends one POST. Throws plugin::Failure: LECTERN_UNAVAILABLE when the server cannot be
    // reached, ends too early or is silent for too long; LECTERN_CANCELLED.
    Reply post(const std::string& json, const Cancelled& cancelled, const Body& body) const;

 private:
    struct Handles;
    struct Pool;

    ConnectionOptions options_;
    std::unique_ptr<Pool> pool_;
};

}  // namespace lectern::remote
