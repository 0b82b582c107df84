// corpus/opensearch/transport.hpp: HTTP requests to the nodes of a cluster, by libcurl.
//
// A request goes to one node after the other until one answers: all requests of this room can be
// sent twice without harm. Threads: any number at once; connections are kept for the next request.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "corpus/opensearch/address.hpp"
#include "lectern/status.hpp"

namespace lectern::corpus::opensearch {

struct Reply {
    int status = 0;  // of HTTP
    boost::json::value body;
    std::string node;  // that gave it: HOST:PORT
};

class Transport {
 public:
    [[nodiscard]] static Result<std::unique_ptr<Transport>> open(Address address, Access access);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    ~Transport();

    // `path`: as it stands in the URL, with its query. `body`: JSON, or lines of it; "": none.
    // unavailable when no node has answered in time (429, 502, 503 and 504 are no answers, nor is
    // that writes are held up, nor an error of which may_pass() holds); otherwise what was
    // answered, errors included: one of 500 and more when every node that can be asked gives one.
    [[nodiscard]] Result<Reply> send(std::string_view method, const std::string& path,
                                     std::string_view body = {}) const;
    // Only an answer of 200 to 299; other ones as failure_of() has them.
    [[nodiscard]] Result<boost::json::value> ask(std::string_view method, const std::string& path,
                                                 std::string_view body = {}) const;

    [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
    struct Handles;
    struct Raw {
        long status = 0;
        std::string body;
        std::string error;       // of the connection; "": there was an answer
        bool untrusted = false;  // its certificate is not accepted, now or later
    };

    Transport(Address address, Access access);
    [[nodiscard]] static Result<Reply> reply_of(const Node& node, const Raw& raw);
    [[nodiscard]] Raw exchange(const Node& node, std::string_view method, const std::string& path,
                               std::string_view body, long milliseconds) const;

    const Address address_;
    const Access access_;
    const std::unique_ptr<Handles> handles_;
    mutable std::atomic<std::size_t> next_{0};  // node
};

// With the access that the environment gives (address.hpp).
[[nodiscard]] Result<std::unique_ptr<Transport>> connect(Address address);

// What is said where a write does not get in for too long.
inline constexpr std::string_view writes_held_up =
    "writes to the index are held up; a backup that was broken off leaves that, and 'lectern "
    "repair' lets them in";

// Whether an error of this type of the engine's may be over a moment later: a node is gone, and the
// others have not taken notice of it yet, or one has too much to do.
[[nodiscard]] bool may_pass(std::string_view type) noexcept;

// What a cluster's error says, as a failure: of which node, and what to do.
[[nodiscard]] Status failure_of(const Reply& reply);

}  // namespace lectern::corpus::opensearch
