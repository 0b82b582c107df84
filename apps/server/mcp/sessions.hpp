// apps/server/mcp/sessions.hpp: what clients of older revisions have said once for all of their
// requests over HTTP: from which level on they are told what is logged, and which documents they
// subscribed to. Of the newest revision each request says it itself.
//
// A session is known by the id that the response to `initialize` gave (Mcp-Session-Id). It holds
// wishes and no rights. One that is not known, of a server that ended, is begun anew. Threads:
// everything is safe from any thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/server/mcp/listeners.hpp"
#include "apps/server/mcp/logging.hpp"

namespace lectern::server::mcp {

class Sessions {
 public:
    // Of more, the key that has most of them loses the one that it has not used for longest.
    static constexpr std::size_t most = 1024;

    explicit Sessions(Listeners& listeners) : listeners_(listeners) {}
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    [[nodiscard]] static std::string new_id();
    [[nodiscard]] static bool valid_id(std::string_view id) noexcept;

    // `key`: whose session it is; another key's of the same id is another one.
    [[nodiscard]] std::optional<Level> log_level(const std::string& id, const Key* key);
    void set_log_level(const std::string& id, const Key* key, Level level);
    // False: there are too many subscriptions.
    [[nodiscard]] bool subscribe(const std::string& id, const Key* key, const std::string& uri);
    void unsubscribe(const std::string& id, const Key* key, const std::string& uri);
    // A stream that tells of what is subscribed to, now and later.
    [[nodiscard]] Result<std::shared_ptr<void>> listen(const std::string& id,
                                                       const std::shared_ptr<const Key>& key,
                                                       std::shared_ptr<ResponseStream> stream);
    void end(const std::string& id, const Key* key);

 private:
    struct Session {
        std::string id;
        std::string key;  // its hash; "": keys are not required
        std::optional<Level> level;
        std::vector<std::string> uris;
        std::weak_ptr<void> listening;
    };
    // With mutex_.
    Session& at(const std::string& id, const Key* key);
    void make_room();

    Listeners& listeners_;
    std::mutex mutex_;
    std::list<Session> sessions_;  // what was used last stands first
};

}  // namespace lectern::server::mcp
