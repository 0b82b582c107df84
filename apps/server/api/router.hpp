// apps/server/api/router.hpp: which handler a request belongs to.
//
//     router.add({"GET", "/collections/{name}/stats", Right::read, Lane::read, handler});
//
// A pattern's {name} is one segment of the path; a last {name+} is all that is left of it, with its
// slashes. With keys, {name} is also the collection that the key must reach.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/call.hpp"
#include "apps/server/http/media_type.hpp"

namespace lectern::server {

// Takes a body in pieces while it comes in. One thread at a time.
class BodySink {
 public:
    virtual ~BodySink() = default;
    // Decompressed bytes. Must be quick: it runs on the connection's thread.
    virtual Status add(std::string_view piece) = 0;
    // True when there is enough for work(); more is read only when it is done.
    [[nodiscard]] virtual bool ready() const = 0;
    // On a worker thread. Another status than 200: nothing more is read, and that is the response.
    [[nodiscard]] virtual Response work(Call& call) = 0;
    // After the last byte, on a worker thread.
    virtual Response finish(Call& call) = 0;
};

struct Route {
    using Handler = std::function<Response(Call&)>;
    using SinkMaker = std::function<std::unique_ptr<BodySink>(const Request&)>;

    std::string method;
    std::string pattern;
    Right right = Right::read;
    Lane lane = Lane::read;
    Handler handler = {};  // either this
    SinkMaker sink = {};   // or this: the body is streamed
    Body body = Body::json;
    bool while_draining = false;  // answered after SIGTERM too
    bool in_log = true;
    bool tenants = false;  // its handler keeps to the filter of a key (scope.hpp)

    std::vector<std::string> parts = {};  // of the pattern; set by add()
};

// A route that keys may use that are bound to a filter.
[[nodiscard]] inline Route for_tenants(Route route) {
    route.tenants = true;
    return route;
}

class Router {
 public:
    void add(Route route);

    struct Match {
        const Route* route = nullptr;
        std::map<std::string, std::string> values;
        // The methods of the path, when there is a path but not the method: "GET, HEAD, OPTIONS".
        std::string allowed;
    };
    // HEAD is answered by GET's route. Empty segments count below /collections, where they are of
    // ids; elsewhere they are passed over.
    [[nodiscard]] Match find(std::string_view method,
                             const std::vector<std::string>& segments) const;
    [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
    [[nodiscard]] Match find_exactly(std::string_view method,
                                     const std::vector<std::string>& segments) const;

    std::vector<Route> routes_;
};

}  // namespace lectern::server
