// apps/server/work/webhooks.hpp: tells other programs that jobs have ended.
//
// A message is a POST as Standard Webhooks (https://www.standardwebhooks.com) has it, signed with
// HMAC-SHA256. It goes to addresses that the operator has named and to no others, whatever a
// request says; redirects are not followed. What is not taken (a status of 2xx) is sent again after
// longer and longer pauses. A receiver gets one message at a time, so that a slow one holds up
// nobody else's. Threads: everything is safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "apps/server/http/outgoing.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// What the operator allows.
struct WebhookRules {
    std::vector<Destination> allowed;  // and what is below them
    std::vector<Destination> always;   // told of every job
    std::string secret;

    // `secret`: a file with "whsec_" and base64, or with any text of 16 bytes at least.
    [[nodiscard]] static Result<WebhookRules> read(const std::vector<std::string>& allowed,
                                                   const std::vector<std::string>& always,
                                                   const std::filesystem::path& secret);
    // The address that a request names; a failure says why it is not told.
    [[nodiscard]] Result<Destination> find(std::string_view url) const;
};

// How it stands with one message.
struct Telling {
    std::string url;
    std::string state = "waiting";  // or "delivered", "failed"
    unsigned attempts = 0;
    unsigned status = 0;  // of the last response; 0: there was none
    std::string error;    // of the last attempt

    [[nodiscard]] boost::json::object json() const;
};

// "v1," and the signature of a message's id, time and body in base64.
[[nodiscard]] std::string webhook_signature(std::string_view secret, std::string_view id,
                                            std::string_view timestamp, std::string_view body);

class Webhooks {
 public:
    using Clock = std::chrono::steady_clock;
    using Post =
        std::function<Result<unsigned>(const Destination& to, const std::vector<Header>& headers,
                                       const std::string& body, std::stop_token stop)>;
    // Called after each attempt, from another thread; for two messages perhaps at once.
    using Told = std::function<void(const Telling& telling)>;
    // The pauses between attempts; after the last one there is one attempt more.
    using Pauses = std::vector<std::chrono::milliseconds>;

    static constexpr std::size_t most_waiting = 1000;  // messages; more are given up at once
    static constexpr std::size_t most_at_once = 8;     // receivers that are told

    static Pauses usual_pauses();
    static Post usual_post();

    explicit Webhooks(WebhookRules rules, Post post = usual_post(), Pauses pauses = usual_pauses());
    Webhooks(const Webhooks&) = delete;
    Webhooks& operator=(const Webhooks&) = delete;
    ~Webhooks() { end(); }

    [[nodiscard]] const WebhookRules& rules() const noexcept { return rules_; }
    // `id` is the same in every attempt, so that a receiver knows a message that it has. Where too
    // many wait, `told` is called here, once.
    void send(Destination to, std::string id, const boost::json::object& message, Told told);
    // What waits is not sent any more; the log has it.
    void end();

 private:
    struct Waiting {
        Clock::time_point due;
        Destination to;
        std::string id;
        std::string body;
        Told told;
        Telling telling;
    };
    void work(const std::stop_token& stop);
    // With mutex_: the one that is due first, of those whose receiver is free.
    [[nodiscard]] std::vector<Waiting>::iterator first();
    // False: it is to be sent again.
    [[nodiscard]] bool attempt(Waiting& one, const std::stop_token& stop) const;

    const WebhookRules rules_;
    const Post post_;
    const Pauses pauses_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Waiting> waiting_;
    std::set<std::string> busy_;  // receivers that are being told
    std::uint64_t changes_ = 0;   // of what waits and of who is busy
    bool ended_ = false;
    std::stop_source stop_;
    std::vector<std::thread> threads_;  // as many as there were messages, up to most_at_once
};

}  // namespace lectern::server
