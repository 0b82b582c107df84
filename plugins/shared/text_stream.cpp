#include "plugins/shared/text_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace lectern::shared {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// What a UTF-8 prefix needs: its full length (0: no character begins so) and the range of its
// second byte (Unicode Standard, table 3-7).
struct Lead {
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

Lead lead(unsigned char first) noexcept {
    if (first < 0x80) return {1};
    if (first >= 0xC2 && first <= 0xDF) return {2};
    if (first == 0xE0) return {3, 0xA0, 0xBF};
    if (first == 0xED) return {3, 0x80, 0x9F};
    if (first >= 0xE1 && first <= 0xEF) return {3};
    if (first == 0xF0) return {4, 0x90, 0xBF};
    if (first == 0xF4) return {4, 0x80, 0x8F};
    if (first >= 0xF1 && first <= 0xF3) return {4};
    return {};
}

// The length of the longest suffix of `text` that is a beginning of `stop`, but not all of it.
std::size_t overlap(std::string_view text, std::string_view stop) noexcept {
    for (std::size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length) {
        if (text.substr(text.size() - length) == stop.substr(0, length)) return length;
    }
    return 0;
}

}  // namespace

void Utf8Joiner::append(std::string_view bytes, std::string& out) {
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (!partial_.empty()) {
            const Lead begun = lead(static_cast<unsigned char>(partial_.front()));
            const bool second = partial_.size() == 1;
            if (value >= (second ? begun.low : 0x80) && value <= (second ? begun.high : 0xBF)) {
                partial_ += byte;
                if (partial_.size() == begun.length) {
                    out += partial_;
                    partial_.clear();
                }
                continue;
            }
            finish(out);
        }
        switch (lead(value).length) {
            case 0: out += replacement; break;
            case 1: out += byte; break;
            default: partial_ = byte; break;
        }
    }
}

void Utf8Joiner::finish(std::string& out) {
    if (partial_.empty()) return;
    out += replacement;
    partial_.clear();
}

TextStream::TextStream(std::vector<std::string> stops, Emit emit)
    : stops_(std::move(stops)), emit_(std::move(emit)) {}

bool TextStream::append(std::string_view bytes) {
    joiner_.append(bytes, held_);
    return flush(false);
}

void TextStream::finish() {
    joiner_.finish(held_);
    flush(true);
}

bool TextStream::flush(bool all) {
    std::size_t stop_at = std::string::npos;
    for (const std::string& stop : stops_) stop_at = std::min(stop_at, held_.find(stop));
    if (stop_at != std::string::npos) {
        if (stop_at > 0) emit_(std::string_view(held_).substr(0, stop_at));
        return false;
    }
    std::size_t keep = 0;
    if (!all) {
        for (const std::string& stop : stops_) keep = std::max(keep, overlap(held_, stop));
    }
    // A held beginning of a stop string starts at a character, because stop strings do.
    const std::size_t ready = held_.size() - keep;
    if (ready == 0) return true;
    const bool wanted = emit_(std::string_view(held_).substr(0, ready));
    held_.erase(0, ready);
    return wanted;
}

}  // namespace lectern::shared
