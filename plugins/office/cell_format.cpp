#include "office/cell_format.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "office/xml.hpp"

namespace lectern::office {
namespace {

CellFormat builtin(long id) noexcept {
    if (id == 9 || id == 10) return CellFormat::percent;
    if (id >= 14 && id <= 17) return CellFormat::date;
    if (id >= 27 && id <= 31) return CellFormat::date;
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return CellFormat::time;
    if (id == 22) return CellFormat::date_time;
    return CellFormat::general;
}

std::string number_text(double value) {
    std::array<char, 64> digits{};
    const int size = std::snprintf(digits.data(), digits.size(), "%.15g", value);
    return {digits.data(), static_cast<std::size_t>(size)};
}

std::string two(long value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string time_text(long seconds) {
    std::string out = two(seconds / 3600) + ":" + two(seconds / 60 % 60);
    if (seconds % 60 != 0) out += ":" + two(seconds % 60);
    return out;
}

std::string date_text(long days) {
    using std::chrono::sys_days;
    // Day 60 is the 29th of February 1900, which never was.
    const sys_days begin = sys_days(std::chrono::year(1899) / 12 / (days < 60 ? 31 : 30));
    const std::chrono::year_month_day date(begin + std::chrono::days(days));
    return std::to_string(static_cast<int>(date.year())) + "-" +
           two(static_cast<long>(static_cast<unsigned>(date.month()))) + "-" +
           two(static_cast<long>(static_cast<unsigned>(date.day())));
}

}  // namespace

CellFormat format_of(std::string_view code) {
    bool day = false;
    bool clock = false;
    bool percent = false;
    bool quoted = false;
    for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
        const char c = code[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\\' || c == '_' || c == '*') {
            ++i;
            continue;
        }
        if (c == '[') {  // a colour, a language, or hours that are more than a day
            const std::size_t end = code.find(']', i);
            if (end == std::string_view::npos) break;
            const char first = end > i + 1 ? code[i + 1] : ' ';
            clock = clock || first == 'h' || first == 'H' || (first == 'm' && end - i <= 3);
            i = end;
            continue;
        }
        day = day || c == 'y' || c == 'Y' || c == 'd' || c == 'D';
        clock = clock || c == 'h' || c == 'H' || c == 's' || c == 'S';
        percent = percent || c == '%';
    }
    if (code.find("General") != std::string_view::npos) return CellFormat::general;
    if (day) return clock ? CellFormat::date_time : CellFormat::date;
    if (clock) return CellFormat::time;
    return percent ? CellFormat::percent : CellFormat::general;
}

std::vector<CellFormat> cell_formats(Archive& archive, const std::string& part) {
    std::vector<CellFormat> out;
    auto text = part.empty() ? std::nullopt : archive.read(part);
    if (!text) return out;
    const Xml xml(std::move(*text), part);
    std::map<long, CellFormat> own;
    for (const Node& node : child(xml.root(), "numFmts").children())
        own[number(node, "numFmtId", -1)] = format_of(value(node, "formatCode"));
    for (const Node& node : child(xml.root(), "cellXfs").children()) {
        const long id = number(node, "numFmtId", 0);
        const auto found = own.find(id);
        out.push_back(found == own.end() ? builtin(id) : found->second);
    }
    return out;
}

std::string shown(std::string_view text, CellFormat format, bool from_1904) {
    constexpr double last_day = 2958466;  // the year 9999
    constexpr long seconds_a_day = 86400;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::string(text);
    if (format == CellFormat::percent) return number_text(value * 100) + "%";
    if (format == CellFormat::general || value < 0 || value >= last_day) return number_text(value);
    const auto seconds = std::lround(value * static_cast<double>(seconds_a_day));
    const long days = seconds / seconds_a_day + (from_1904 ? 1462 : 0);
    if (format == CellFormat::time) return time_text(seconds);
    const std::string date = date_text(days);
    return format == CellFormat::date || seconds % seconds_a_day == 0
               ? date
               : date + " " + time_text(seconds % seconds_a_day);
}

}  // namespace lectern::office
