// apps/server/mcp/listeners.hpp: clients that are told when documents change
// (subscriptions/listen), each over a response that stays open.
//
// While somebody listens a thread looks every second whether a collection has another sequence
// number; only then it looks at the documents that are listened to. So a change is seen whoever
// makes it: a request, a job, another program of a cluster. Threads: everything is safe from any
// thread.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "apps/server/api/call.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/mcp/resources.hpp"
#include "apps/server/work/collections.hpp"

namespace lectern::server::mcp {

// What a client wants to hear of.
struct Subscriptions {
    bool list = false;              // that the list of documents has changed
    std::vector<std::string> uris;  // documents

    // As a message has it in `notifications`, and as the acknowledgement says what is taken.
    [[nodiscard]] static Result<Subscriptions> of(const boost::json::object& parameters);
    [[nodiscard]] boost::json::object json() const;
};

class Listeners {
 public:
    static constexpr std::size_t most = 1024;        // at once
    static constexpr std::size_t most_of_key = 256;  // at once, where keys are required
    static constexpr std::size_t most_uris = 256;    // of one

    Listeners(Collections& collections, const Keys& keys,
              std::chrono::milliseconds pause = std::chrono::seconds(1))
        : collections_(collections), keys_(keys), pause_(pause) {}
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;
    ~Listeners() { end(); }

    // Acknowledges, and tells from now on. `id`: of the request that listens, which each message
    // names; null for a client of an older revision, which knows no acknowledgement. `key`: who
    // listens; nullptr: whoever may do everything. As long as the result lives; unavailable when
    // there are too many.
    [[nodiscard]] Result<std::shared_ptr<void>> add(std::shared_ptr<ResponseStream> stream,
                                                    const boost::json::value& id,
                                                    Subscriptions subscriptions,
                                                    std::shared_ptr<const Key> key);
    // Opens the collections of such addresses, where the key reaches them, which may take its time:
    // before what is called with a lock.
    void prepare(const std::vector<std::string>& uris, const Key* key) const;
    // What is listened to from now on, of what add() gave; nullptr: nobody listens.
    void change(const std::shared_ptr<void>& listening, const std::vector<std::string>& uris);
    // Tells all of them that it is over. None is taken any more.
    void end();
    // What the thread does: tells what has changed since the last time.
    void look();

 private:
    struct Listener {
        std::shared_ptr<ResponseStream> stream;
        boost::json::value id;
        Subscriptions subscriptions;
        std::shared_ptr<const Key> key;
        std::map<std::string, std::string> tags;  // of the documents, by address
        std::atomic<bool> left{false};
    };
    void work(const std::stop_token& stop);
    // With mutex_.
    void forget_who_left();
    [[nodiscard]] bool anybody_wants() const;
    // Where a document is, by the collection's own name.
    [[nodiscard]] std::optional<Address> place_of(const std::string& uri) const;
    [[nodiscard]] std::map<std::string, std::string> states() const;
    [[nodiscard]] std::string tag(const Listener& listener, const std::string& uri) const;
    // Takes up what the key is now; false: there is none any more, or it has expired.
    [[nodiscard]] bool still_may(Listener& listener) const;
    [[nodiscard]] bool reaches(const Listener& listener, const std::string& collection) const;
    [[nodiscard]] std::size_t of_key(const Key& key) const;
    [[nodiscard]] static bool sees_a_part(const Listener& listener);
    void tell(const Listener& listener, std::string_view method,
              boost::json::object parameters) const;
    void finish(const Listener& listener) const;

    Collections& collections_;
    const Keys& keys_;
    const std::chrono::milliseconds pause_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::list<std::shared_ptr<Listener>> listeners_;
    std::map<std::string, std::string> seen_;  // states of collections, by name and by alias
    bool ended_ = false;
    std::jthread thread_;  // from the first listener on
};

}  // namespace lectern::server::mcp
