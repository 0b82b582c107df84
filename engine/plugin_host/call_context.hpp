// engine/plugin_host/call_context.hpp: the context of one call into a plugin.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// When a call should end before it is done.
struct Interrupt {
    std::stop_token stop = {};
    std::optional<std::chrono::steady_clock::time_point> deadline = {};
    // Of a call that several requests share: the one whose thread makes it, so that it can be named
    // when the call does not come back. It ends nothing.
    std::stop_token maker = {};

    [[nodiscard]] bool stopped() const noexcept { return stop.stop_requested(); }
    [[nodiscard]] bool late() const noexcept {
        return deadline && std::chrono::steady_clock::now() >= *deadline;
    }
};

// One item of a batch that failed while the others went on.
struct ItemError {
    std::uint64_t index = 0;
    Code code = Code::ok;
    std::string message = {};
};

// Makes a lectern_call, keeps what the plugin says through it, and turns codes into Status:
//
//     CallContext call(interrupt);
//     LECTERN_TRY(call.status(table->embed(stage.get(), call.get(), ...), "stage 'vectors'"));
//     for (const ItemError& error : call.item_errors()) ...
//
// The calls of calls.hpp make one each, and nothing else in the engine calls a plugin. What the
// host does on the way, below the plugin's frames, goes through receive(): nothing of ours is
// thrown through a plugin.
//
// One call at a time (status() clears the message for the next). Neither copied nor moved: the
// plugin holds its address.
class CallContext {
 public:
    explicit CallContext(Interrupt interrupt = {});
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;
    ~CallContext() = default;

    [[nodiscard]] const lectern_call* get() const noexcept { return &face_; }
    [[nodiscard]] const Interrupt& interrupt() const noexcept { return interrupt_; }

    // Runs what a sink does with what the plugin gives: a function that returns a Status. The first
    // that fails, or throws, is kept and is how the call ends, whatever the plugin says; from then
    // on nothing more is taken, and is_cancelled says so. Nor is anything taken from a plugin that
    // goes on when it was asked to stop, or behind the deadline: the call is cancelled then,
    // whatever the plugin says. Only on the thread of the call.
    template <typename Function>
    lectern_code receive(Function&& function) noexcept {
        if (std::this_thread::get_id() != thread_) return foreign();
        if (!kept_.ok()) return to_plugin(kept_.code());
        if (stopped_) return LECTERN_CANCELLED;
        if (interrupt_.stopped() || interrupt_.late()) {
            interrupted_ = true;
            return LECTERN_CANCELLED;
        }
        try {
            Status status = std::forward<Function>(function)();
            if (status.ok()) return LECTERN_OK;
            return keep(std::move(status));
        } catch (...) {
            return keep_thrown();
        }
    }
    // Nothing more is taken from the plugin, and that is no failure.
    void stop_taking() noexcept { stopped_ = true; }
    [[nodiscard]] bool stopped_taking() const noexcept { return stopped_; }

    // What receive() has kept; else the call's code with the plugin's message, "where: message". A
    // CANCELLED after the deadline is deadline_exceeded. Codes that nobody defined are internal.
    [[nodiscard]] Status status(lectern_code code, std::string_view where);

    // Of all calls so far, in the order they came; at most max_item_errors are kept.
    [[nodiscard]] const std::vector<ItemError>& item_errors() const noexcept { return items_; }
    [[nodiscard]] std::vector<ItemError> take_item_errors() noexcept;

    static constexpr std::size_t max_item_errors = 100'000;
    static constexpr std::size_t max_message_bytes = 16 * 1024;

 private:
    static void set_error(const lectern_call* call, lectern_text message);
    static void item_error(const lectern_call* call, std::uint64_t index, lectern_code code,
                           lectern_text message);
    static std::int32_t is_cancelled(const lectern_call* call);
    static lectern_code to_plugin(Code code) noexcept { return static_cast<lectern_code>(code); }
    lectern_code keep(Status status) noexcept;
    lectern_code keep_thrown() noexcept;  // within a catch
    lectern_code foreign() noexcept;

    const Interrupt interrupt_;
    const std::thread::id thread_ = std::this_thread::get_id();
    lectern_call face_;
    bool stopped_ = false;
    bool interrupted_ = false;
    Status kept_;
    std::atomic<bool> foreign_{false};
    std::mutex mutex_;  // message_, items_: a plugin may report from a thread of its own
    std::string message_;
    std::vector<ItemError> items_;
};

// A plugin's code as ours; unknown codes are internal.
[[nodiscard]] Code to_code(lectern_code code) noexcept;
[[nodiscard]] constexpr lectern_code to_lectern_code(Code code) noexcept {
    return static_cast<lectern_code>(code);
}

// A text from a plugin for people to read: valid UTF-8 without control characters other than tab
// and line ends (a terminal would obey them), each of which becomes '?'; cut at `max_bytes`.
[[nodiscard]] std::string clean_text(lectern_text text, std::size_t max_bytes);

}  // namespace lectern::host
