#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "config/pipeline.hpp"

namespace lectern::config {
namespace {

// The Latin letters of units in one case: "KB" and "kB" are the same.
std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

constexpr std::array<std::pair<std::string_view, double>, 10> units{
    {{"", 1.0},
     {"B", 1.0},
     {"KIB", 1024.0},
     {"MIB", 1024.0 * 1024},
     {"GIB", 1024.0 * 1024 * 1024},
     {"TIB", 1024.0 * 1024 * 1024 * 1024},
     {"KB", 1e3},
     {"MB", 1e6},
     {"GB", 1e9},
     {"TB", 1e12}}};

constexpr double most_bytes = 1e15;  // a petabyte; exact in a double

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto wrong = [&] {
        return Status(Code::invalid_argument,
                      "'" + std::string(text.substr(0, 40)) +
                          "' is not a size; write a number and a unit such as 256 MiB or 2 GB");
    };
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(number) || text.starts_with('-')) return wrong();
    std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    const std::string wanted = upper(unit);
    for (const auto& [name, factor] : units) {
        if (name != wanted) continue;
        const double bytes = number * factor;
        if (bytes > most_bytes) return wrong();
        return static_cast<std::uint64_t>(bytes);
    }
    return wrong();
}

}  // namespace lectern::config
