#include "engine/plugin_host/call_context.hpp"

#include <utility>

#include "text/text.hpp"

namespace lectern::host {
namespace {

// An allocation that fails must not throw across the boundary: the message is lost, the code stays.
template <typename Function>
void no_throw(Function&& function) noexcept {
    try {
        std::forward<Function>(function)();
    } catch (...) {
        return;
    }
}

}  // namespace

std::string clean_text(lectern_text text, std::size_t max_bytes) {
    if (text.data == nullptr || text.size == 0) return {};
    const bool cut = text.size > max_bytes;
    std::string out(text.data, static_cast<std::size_t>(cut ? max_bytes : text.size));
    if (cut)
        out.resize(
            text::prefix({text.data, static_cast<std::size_t>(text.size)}, max_bytes).size());
    for (std::size_t from = 0;;) {
        const std::size_t bad = text::invalid_utf8_at(std::string_view(out).substr(from));
        if (bad == std::string_view::npos) return out;
        from += bad;
        out[from] = '?';
    }
}

Code to_code(lectern_code code) noexcept {
    return code >= LECTERN_OK && code <= LECTERN_INTERNAL ? static_cast<Code>(code)
                                                          : Code::internal;
}

CallContext::CallContext(Interrupt interrupt)
    : interrupt_(std::move(interrupt)), face_{sizeof(lectern_call), 0,           this,
                                              &set_error,           &item_error, &is_cancelled} {}

void CallContext::set_error(const lectern_call* call, lectern_text message) {
    no_throw([&] {
        static_cast<CallContext*>(call->host_data)->message_ =
            clean_text(message, max_message_bytes);
    });
}

void CallContext::item_error(const lectern_call* call, std::uint64_t index, lectern_code code,
                             lectern_text message) {
    no_throw([&] {
        auto& items = static_cast<CallContext*>(call->host_data)->items_;
        if (items.size() >= max_item_errors) return;
        // An item that is reported has failed, whatever the code says.
        const Code failed = code == LECTERN_OK ? Code::internal : to_code(code);
        items.push_back({index, failed, clean_text(message, max_message_bytes)});
    });
}

std::int32_t CallContext::is_cancelled(const lectern_call* call) {
    const auto& interrupt = static_cast<const CallContext*>(call->host_data)->interrupt_;
    return interrupt.stopped() || interrupt.late() ? 1 : 0;
}

Status CallContext::status(lectern_code code, std::string_view where) {
    std::string message = std::exchange(message_, {});
    if (code == LECTERN_OK) return {};
    Code ours = to_code(code);
    if (ours == Code::cancelled && !interrupt_.stopped() && interrupt_.late())
        ours = Code::deadline_exceeded;
    if (code < LECTERN_OK || code > LECTERN_INTERNAL) {
        const std::string unknown = "the plugin returned the unknown code " + std::to_string(code);
        message = message.empty() ? unknown : message + " (" + unknown + ")";
    }
    if (message.empty()) {
        message = ours == Code::cancelled ? "cancelled"
                  : ours == Code::deadline_exceeded
                      ? "the deadline has passed"
                      : "failed without a message (" + std::string(name(ours)) + ")";
    }
    return Status(ours, std::move(message)).within(where);
}

std::vector<ItemError> CallContext::take_item_errors() noexcept {
    return std::exchange(items_, {});
}

}  // namespace lectern::host
