// What the tests of this folder share: a host's side of a call, and the small model.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"
#include "test_folders.hpp"

namespace lectern::gpt {

inline std::string model_path() {
    return LECTERN_MODELS_DIR "/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct-Q8_0.gguf";
}

// A call that is cancelled when `cancel` is set.
class HostCall {
 public:
    HostCall() {
        call_.struct_size = sizeof call_;
        call_.host_data = this;
        call_.is_cancelled = [](const lectern_call* call) -> std::int32_t {
            auto* self = static_cast<HostCall*>(call->host_data);
            ++self->asked;
            return self->cancel ? 1 : 0;
        };
    }
    [[nodiscard]] plugin::Call get() const { return plugin::Call(&call_); }

    std::atomic<bool> cancel = false;
    std::atomic<int> asked = 0;

 private:
    lectern_call call_{};
};

// Collects what is streamed; `on_piece` may say false to end the text.
class Pieces {
 public:
    explicit Pieces(std::function<bool(std::string_view)> on_piece = {})
        : on_piece_(std::move(on_piece)) {
        sink_.struct_size = sizeof sink_;
        sink_.host_data = this;
        sink_.text = [](const lectern_text_sink* sink, lectern_text piece) -> lectern_code {
            auto* self = static_cast<Pieces*>(sink->host_data);
            self->all.emplace_back(plugin::view(piece));
            const bool more = !self->on_piece_ || self->on_piece_(plugin::view(piece));
            return more ? LECTERN_OK : LECTERN_CANCELLED;
        };
    }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;
    [[nodiscard]] plugin::TextSink get() const { return plugin::TextSink(&sink_); }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const std::string& piece : all) out += piece;
        return out;
    }

    std::vector<std::string> all;

 private:
    lectern_text_sink sink_{};
    std::function<bool(std::string_view)> on_piece_;
};

inline lectern_message message(std::uint32_t role, std::string_view text) {
    return {sizeof(lectern_message), role, plugin::text(text)};
}

// The code of the Failure that `function` throws, and its message; LECTERN_OK when it throws none.
struct Outcome {
    lectern_code code = LECTERN_OK;
    std::string message;
};
inline Outcome outcome_of(const std::function<void()>& function) {
    try {
        function();
    } catch (const plugin::Failure& failure) {
        return {failure.code(), failure.what()};
    }
    return {};
}

}  // namespace lectern::gpt
