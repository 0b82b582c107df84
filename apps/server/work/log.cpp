#include "apps/server/work/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <system_error>

#include "api/result_json.hpp"
#include "apps/server/http/digest.hpp"

namespace lectern::server {
namespace {

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return "info";
}

}  // namespace

std::string utc_now() {
    const auto time = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    const auto rest =
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() %
        1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(rest));
    return std::string(text.data(), size) + fraction.data();
}

std::string plain(const boost::json::value& value) {
    if (const double* number = value.if_double()) {
        std::array<char, 40> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), *number,
                                       std::chars_format::fixed, 3);
        if (end.ec == std::errc{}) return {text.data(), end.ptr};
    }
    std::string out;
    if (const boost::json::object* object = value.if_object()) {
        for (const auto& [name, field] : *object) {
            out += out.empty() ? "{" : ",";
            out += boost::json::serialize(name) + ":" + plain(field);
        }
        return out.empty() ? "{}" : out + "}";
    }
    if (const boost::json::array* array = value.if_array()) {
        for (const boost::json::value& item : *array)
            out += (out.empty() ? "[" : ",") + plain(item);
        return out.empty() ? "[]" : out + "]";
    }
    return boost::json::serialize(value);
}

void log_line(LogLevel level, std::string_view message, const boost::json::object& fields) {
    boost::json::object line{
        {"time", utc_now()}, {"level", name_of(level)}, {"message", api::clean(message)}};
    for (const auto& [name, value] : fields) line[name] = value;
    const std::string text = plain(line) + "\n";
    // One call, so that lines of threads do not mix.
    std::fwrite(text.data(), 1, text.size(), stderr);
}

Log engine_log(LogLevel least) {
    return [least](LogLevel level, std::string_view source, std::string_view message) {
        if (level >= least) log_line(level, message, {{"source", api::clean(source)}});
    };
}

TraceContext trace_context_of(std::string_view header) {
    const auto hex = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(),
                           [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    };
    // version "-" trace-id "-" parent-id "-" flags
    if (header.size() >= 55 && header[2] == '-' && header[35] == '-' && header[52] == '-' &&
        hex(header.substr(0, 2)) && header.substr(0, 2) != "ff" && hex(header.substr(3, 32)) &&
        hex(header.substr(36, 16)) &&
        header.substr(3, 32).find_first_not_of('0') != std::string_view::npos) {
        TraceContext out{std::string(header.substr(3, 32)), {}, true};
        if (header.substr(36, 16).find_first_not_of('0') != std::string_view::npos)
            out.parent_id = std::string(header.substr(36, 16));
        // The last bit of the flags.
        out.sampled = !hex(header.substr(53, 2)) ||
                      std::string_view("13579bdf").find(header[54]) != std::string_view::npos;
        return out;
    }
    return {hexadecimal(random_bytes(16)), {}, true};
}

std::string trace_id_of(std::string_view traceparent) {
    return trace_context_of(traceparent).trace_id;
}

}  // namespace lectern::server
