// apps/server/mcp/conversation.hpp: the Model Context Protocol with one client that stays, as on
// standard input and output: requests are answered beside each other, can be cancelled, and tell
// how far they are. Requests that call no tool are answered at once, so that a ping is never behind
// an answer that is written.
//
//     Conversation conversation(sources, [](const boost::json::value& message) { … });
//     while (std::getline(std::cin, line)) conversation.take(line);
//     conversation.finish();
#pragma once

#include <boost/json.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "apps/server/mcp/protocol.hpp"

namespace lectern::server::mcp {

// Threads: take() and finish() are called by one thread.
class Conversation {
 public:
    // Sends a message to the client; false: it has gone. One call at a time, from any thread.
    using Send = std::function<bool(const boost::json::value& message)>;

    static constexpr std::size_t workers = 4;
    static constexpr std::size_t most_waiting = 64;  // calls of tools; more are refused

    Conversation(Sources sources, Send send);
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation();  // ends what runs

    // A line that came. False: the client has gone.
    bool take(std::string_view line);
    // Waits until everything that was asked is answered.
    void finish();

 private:
    // A message or a batch whose requests call tools.
    struct Work {
        boost::json::value message;
        // Of each request by its id, as JSON.
        std::map<std::string, std::stop_source> stops;
    };
    using WorkPointer = std::shared_ptr<Work>;

    void work();
    [[nodiscard]] std::optional<boost::json::value> answered(Work& work);
    [[nodiscard]] std::optional<boost::json::value> answered_one(const boost::json::value& request,
                                                                 Work& work);
    void cancel(const boost::json::value& message);
    void send(const boost::json::value& message);

    // As they are for the next request.
    [[nodiscard]] Sources sources();

    const Sources sources_;
    const Send send_;
    std::mutex sending_;
    std::mutex mutex_;
    std::optional<Level> log_level_;  // of logging/setLevel
    std::condition_variable changed_;
    std::deque<WorkPointer> waiting_;
    std::vector<WorkPointer> running_;
    bool ended_ = false;
    bool gone_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace lectern::server::mcp
