// apps/server/api/call.hpp: one request as its handler sees it, on a worker thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/keys.hpp"
#include "apps/server/api/scope.hpp"
#include "apps/server/http/message.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

// Whose threads run a handler: those of reading, of answers, of ingest, or the connection's own
// (for what takes microseconds and never waits).
enum class Lane { direct, read, ask, ingest };

// Where a handler sends a response that it makes piece by piece.
class ResponseStream {
 public:
    virtual ~ResponseStream() = default;
    // Sends status 200 and the header. Once, before write().
    virtual void begin(std::string_view content_type, std::vector<Header> headers) = 0;
    void begin(std::string_view content_type) { begin(content_type, {}); }
    // False when the client has gone: end soon.
    virtual bool write(std::string_view piece) = 0;
    [[nodiscard]] virtual bool begun() const = 0;
    // The last piece of a stream that stayed open (Call::stays).
    virtual void end(std::string last_piece) = 0;
    // To be held by whoever writes when the handler has returned.
    [[nodiscard]] virtual std::shared_ptr<ResponseStream> shared() = 0;
};

// What the log and the metrics learn of a request beside its status.
struct Observed {
    std::vector<StageTiming> stages;
    std::uint64_t tokens_in = 0;   // embedded
    std::uint64_t tokens_out = 0;  // generated
    std::string query;             // for the slow-query log, when that may have it
};

struct Call;
// The rest of a request that turned out to be another kind of work, for the threads of that kind.
struct Continuation {
    Lane lane = Lane::read;
    std::function<Response(Call&)> handler;
};

struct Call {
    const Request& request;
    std::map<std::string, std::string> values;  // of the pattern's {names}
    std::shared_ptr<const Key> key;             // nullptr when no keys are required
    std::stop_token stop;                       // the client has gone, or the server ends
    ResponseStream& stream;
    Observed observed;
    // Set by a handler that leaves the request to this; what it returns is not sent then.
    std::optional<Continuation> next = {};
    // Set by a handler whose stream stays open when it has returned, without a thread: until its
    // client goes, or end(). What is set ends then.
    std::shared_ptr<void> stays = {};

    [[nodiscard]] const std::string& value(const std::string& name) const {
        return values.at(name);
    }
    [[nodiscard]] Scope scope() const noexcept { return Scope(key.get()); }
    [[nodiscard]] bool may(Right right, std::string_view collection) const noexcept {
        return key == nullptr || (key->right >= right && key->reaches(collection));
    }
};

}  // namespace lectern::server
