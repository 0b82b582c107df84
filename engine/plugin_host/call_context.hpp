// engine/plugin_host/call_context.hpp: the context of one call into a plugin.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// When a call should end before it is done.
struct Interrupt {
    std::stop_token stop = {};
    std::optional<std::chrono::steady_clock::time_point> deadline = {};

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
// One call at a time (status() clears the message for the next). Neither copied nor moved: the
// plugin holds its address.
class CallContext {
 public:
    explicit CallContext(Interrupt interrupt = {});
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;
    ~CallContext() = default;

    [[nodiscard]] const lectern_call* get() const noexcept { return &face_; }

    // The call's code with the plugin's message, "where: message". A CANCELLED after the deadline
    // is deadline_exceeded. Codes that nobody defined are internal.
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

    Interrupt interrupt_;
    lectern_call face_;
    std::string message_;
    std::vector<ItemError> items_;
};

// A plugin's code as ours; unknown codes are internal.
[[nodiscard]] Code to_code(lectern_code code) noexcept;
[[nodiscard]] constexpr lectern_code to_lectern_code(Code code) noexcept {
    return static_cast<lectern_code>(code);
}

// A text from a plugin as a string of valid UTF-8 (bad bytes become '?'), cut at `max_bytes`.
[[nodiscard]] std::string clean_text(lectern_text text, std::size_t max_bytes);

}  // namespace lectern::host
