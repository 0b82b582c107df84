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
        if (bad == std::string_view::npos) break;
        from += bad;
        out[from] = '?';
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = static_cast<unsigned char>(out[i]);
        const bool line = byte == '\n' || byte == '\t';
        if ((byte < 0x20 && !line) || byte == 0x7F) out[i] = '?';
        // C1, among them a control sequence introducer of one character: U+0080 to U+009F.
        if (byte == 0xC2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xA0)
            out.replace(i, 2, "?");
    }
    return out;
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
        auto& self = *static_cast<CallContext*>(call->host_data);
        std::string text = clean_text(message, max_message_bytes);
        const std::lock_guard lock(self.mutex_);
        self.message_ = std::move(text);
    });
}

void CallContext::item_error(const lectern_call* call, std::uint64_t index, lectern_code code,
                             lectern_text message) {
    no_throw([&] {
        auto& self = *static_cast<CallContext*>(call->host_data);
        const std::lock_guard lock(self.mutex_);
        auto& items = self.items_;
        if (items.size() >= max_item_errors) return;
        // An item that is reported has failed, whatever the code says.
        const Code failed = code == LECTERN_OK ? Code::internal : to_code(code);
        items.push_back({index, failed, clean_text(message, max_message_bytes)});
    });
}

std::int32_t CallContext::is_cancelled(const lectern_call* call) {
    const auto& self = *static_cast<const CallContext*>(call->host_data);
    const bool own = std::this_thread::get_id() == self.thread_;
    const bool refused = own && (self.stopped_ || !self.kept_.ok());
    return refused || self.interrupt_.stopped() || self.interrupt_.late() ? 1 : 0;
}

lectern_code CallContext::keep(Status status) noexcept {
    const Code code = status.code();
    kept_ = std::move(status);
    return to_plugin(code);
}

lectern_code CallContext::keep_thrown() noexcept {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        no_throw([&] { kept_ = {Code::resource_exhausted, "out of memory"}; });
        if (kept_.ok()) kept_ = {Code::resource_exhausted, {}};
    } catch (const std::exception& error) {
        no_throw([&] { kept_ = {Code::internal, std::string("a defect: ") + error.what()}; });
        if (kept_.ok()) kept_ = {Code::internal, {}};
    } catch (...) {
        kept_ = {Code::internal, {}};
    }
    return to_plugin(kept_.code());
}

lectern_code CallContext::foreign() noexcept {
    foreign_ = true;
    return LECTERN_INTERNAL;
}

Status CallContext::status(lectern_code code, std::string_view where) {
    if (std::exchange(interrupted_, false) && code == LECTERN_OK) code = LECTERN_CANCELLED;
    const std::unique_lock lock(mutex_);
    std::string message = std::exchange(message_, {});
    const Status kept = std::exchange(kept_, {});
    if (!kept.ok()) return kept.within(where);
    if (foreign_.exchange(false))
        return Status(Code::internal,
                      "it called a sink from another thread than that of the call; report it to "
                      "the plugin's author")
            .within(where);
    if (code == LECTERN_OK || (stopped_ && code == LECTERN_CANCELLED)) return {};
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
