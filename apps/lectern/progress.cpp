#include "apps/lectern/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "apps/lectern/common.hpp"

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

}  // namespace

Progress::Progress(bool wanted) : wanted_(wanted), bar_(terminal(STDERR_FILENO)) {}

void Progress::show(double fraction, std::string_view what) {
    if (!wanted_) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (!bar_ && seconds < next_line_) return;
    next_line_ = seconds + 10;
    fraction = std::clamp(fraction, 0.0, 1.0);
    const std::string left = time_left(fraction, seconds);
    std::string bar;
    if (bar_) {
        constexpr std::size_t width = 24;
        bar.assign(static_cast<std::size_t>(fraction * width), '#');
        bar.resize(width, ' ');
        bar = "\r\033[K[" + bar + "] ";
    }
    std::fprintf(stderr, "%s%3.0f%%  %.*s%s%s", bar.c_str(), fraction * 100,
                 static_cast<int>(what.size()), what.data(), left.c_str(), bar_ ? "" : "\n");
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
