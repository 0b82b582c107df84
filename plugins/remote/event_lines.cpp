#include "plugins/remote/event_lines.hpp"

namespace lectern::remote {

bool EventLines::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        if (partial_.size() + part.size() > most_bytes || data_.size() > most_bytes) return false;
        partial_ += part;
        if (end == std::string_view::npos) return true;
        bytes.remove_prefix(end + 1);
        line(partial_);
        partial_.clear();
    }
    return true;
}

void EventLines::finish() {
    if (!partial_.empty()) line(partial_);
    partial_.clear();
    line({});
}

void EventLines::line(std::string_view value) {
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (value.empty()) {
        if (has_data_) event_(data_);
        data_.clear();
        has_data_ = false;
        return;
    }
    constexpr std::string_view field = "data:";
    if (!value.starts_with(field)) return;
    value.remove_prefix(field.size());
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
}

}  // namespace lectern::remote
