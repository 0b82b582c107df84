// Server-sent events as chat servers stream them: the payloads of "data:" lines (WHATWG HTML,
// section 9.2.6; other fields and comments are passed over, as no chat server uses them).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lectern::remote {

class EventLines {
 public:
    // The payload of one event, valid during the call.
    using Event = std::function<void(std::string_view data)>;

    explicit EventLines(Event event) : event_(std::move(event)) {}

    // Any piece of the stream. False: a line is longer than `most_bytes`.
    [[nodiscard]] bool append(std::string_view bytes);
    // The end of the stream: an event without its empty line counts, as some servers forget it.
    void finish();

    static constexpr std::size_t most_bytes = 1U << 20;

 private:
    void line(std::string_view value);

    Event event_;
    std::string partial_;  // of a line
    std::string data_;     // of an event
    bool has_data_ = false;
};

}  // namespace lectern::remote
