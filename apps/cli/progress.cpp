#include "apps/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

// "12 s left", "3 min left"; nothing while it cannot be known.
std::string time_left(double fraction, double seconds) {
    if (fraction < 0.01 || seconds < 0.5) return "";
    const double left = seconds / fraction - seconds;
    char text[48];
    if (left < 120)
        std::snprintf(text, sizeof text, "  %.0f s left", left);
    else if (left < 7200)
        std::snprintf(text, sizeof text, "  %.0f min left", left / 60);
    else
        std::snprintf(text, sizeof text, "  %.1f h left", left / 3600);
    return text;
}

// Columns of the terminal behind stderr; 80 when it does not say.
std::size_t columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// The bar before the text, as wide as the terminal leaves room for: a line that is wrapped cannot
// be written over.
std::string bar_line(double fraction, std::string text) {
    constexpr std::size_t widest = 24;
    constexpr std::size_t narrowest = 4;
    constexpr std::size_t around = 3;  // the brackets and a space
    const std::size_t room = columns() - 1;
    std::string bar;
    if (text.size() + around + narrowest <= room) {
        const std::size_t width = std::min(widest, room - text.size() - around);
        bar.assign(static_cast<std::size_t>(fraction * static_cast<double>(width)), '#');
        bar.resize(width, ' ');
        bar = "[" + bar + "] ";
    } else if (text.size() > room) {
        text.resize(room);
    }
    return "\r\033[K" + bar + text;
}

}  // namespace

Progress::Progress(bool wanted) : wanted_(wanted), bar_(terminal(STDERR_FILENO)) {}

void Progress::show(const IngestProgress& state) {
    const double rate = state.seconds > 0 ? static_cast<double>(state.tokens) / state.seconds : 0;
    char what[96];
    std::snprintf(what, sizeof what, "%s  %.0f tokens/s",
                  counted(state.documents, "document").c_str(), rate);
    show(state.fraction, what);
}

void Progress::show(double fraction, std::string_view what) {
    if (!wanted_) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (!bar_ && seconds < next_line_) return;
    next_line_ = seconds + 10;
    fraction = std::clamp(fraction, 0.0, 1.0);
    char percent[16];
    std::snprintf(percent, sizeof percent, "%3.0f%%  ", fraction * 100);
    const std::string text = percent + std::string(what) + time_left(fraction, seconds);
    std::fputs((bar_ ? bar_line(fraction, text) : text + "\n").c_str(), stderr);
    std::fflush(stderr);
    shown_ = bar_;
}

void Progress::end() {
    if (!shown_) return;
    shown_ = false;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

}  // namespace lectern::app
