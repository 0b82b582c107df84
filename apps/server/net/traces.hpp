// apps/server/net/traces.hpp: requests as spans for a collector of OpenTelemetry, in its protocol
// as JSON over HTTP (https://opentelemetry.io/docs/specs/otlp/).
//
// Spans are sent in batches by a thread of their own. A collector that is slow or not there costs
// requests nothing: what it does not take is dropped, and the log says so once.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

// What ended; times are nanoseconds since 1970 UTC.
struct Span {
    std::string trace_id;   // 32 hexadecimal digits
    std::string span_id;    // 16
    std::string parent_id;  // 16; empty: the trace begins here
    std::string name;
    bool of_server = false;  // a request that came; otherwise a part of one
    bool failed = false;
    std::int64_t begun = 0;
    std::int64_t ended = 0;
    boost::json::object attributes = {};  // texts, whole numbers, numbers
};

// The body of a request to a collector.
[[nodiscard]] boost::json::object otlp_json(const std::vector<Span>& spans);

class Traces {
 public:
    // Sends a body; the collector's status.
    using Post = std::function<Result<unsigned>(const std::string& body, std::stop_token stop)>;

    static constexpr std::size_t most_waiting = 4096;  // spans; more are dropped
    static constexpr std::size_t batch = 512;

    // To nobody.
    Traces() = default;
    // To the collector at `url` ("http://host:4318"), below which it takes traces at /v1/traces.
    [[nodiscard]] Status open(const std::string& url);
    // Every `pause`, and at once when there are enough.
    void open(Post post, std::chrono::milliseconds pause);
    Traces(const Traces&) = delete;
    Traces& operator=(const Traces&) = delete;
    ~Traces() { end(); }

    [[nodiscard]] bool on() const noexcept { return on_; }
    void add(std::vector<Span> spans);
    // What waits is tried once more, for a second at most.
    void end();

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
    void work(const std::stop_token& stop);
    void send(const std::vector<Span>& spans, const std::stop_token& stop);

    Post post_;
    std::chrono::milliseconds pause_{2000};
    std::atomic<bool> on_{false};
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> dropped_{0};
    bool silent_ = false;  // the collector is away, and the log has it; of the thread
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Span> waiting_;
    std::jthread thread_;
};

}  // namespace lectern::server
