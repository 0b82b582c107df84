#include "apps/server/http/message.hpp"

#include <algorithm>

namespace lectern::server {
namespace {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

namespace {

// Takes what stands before the next separator off the text.
std::string_view next_part(std::string_view& text, char separator) noexcept {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return trimmed(part);
}

// "0.25" in thousandths (RFC 9110, 12.4.2); what is no weight says nothing, so it is 1.
unsigned thousandths(std::string_view weight) noexcept {
    if (weight.empty() || (weight[0] != '0' && weight[0] != '1')) return 1000;
    unsigned out = weight[0] == '1' ? 1000 : 0;
    if (weight.size() == 1 || weight[1] != '.') return out;
    unsigned step = 100;
    for (const char digit : weight.substr(2, 3)) {
        if (digit < '0' || digit > '9') return 1000;
        out += static_cast<unsigned>(digit - '0') * step;
        step /= 10;
    }
    return std::min(out, 1000U);
}

}  // namespace

std::optional<unsigned> weight_of(std::string_view header, std::string_view word) noexcept {
    while (!header.empty()) {
        std::string_view item = next_part(header, ',');
        if (!same_name(next_part(item, ';'), word)) continue;
        while (!item.empty()) {
            std::string_view parameter = next_part(item, ';');
            if (same_name(next_part(parameter, '='), "q")) return thousandths(trimmed(parameter));
        }
        return 1000;
    }
    return {};
}

bool lists(std::string_view header, std::string_view word) noexcept {
    return weight_of(header, word).value_or(0) > 0;
}

bool prefers(std::string_view header, std::string_view word, std::string_view other) noexcept {
    const unsigned weight = weight_of(header, word).value_or(0);
    const unsigned others = weight_of(header, other).value_or(0);
    if (weight != others) return weight > others;
    if (weight == 0) return false;
    while (!header.empty()) {  // as much: the one that stands first
        std::string_view item = next_part(header, ',');
        const std::string_view name = next_part(item, ';');
        if (same_name(name, word)) return true;
        if (same_name(name, other)) return false;
    }
    return false;
}

std::string_view Request::header(std::string_view name) const noexcept {
    for (const Header& header : headers)
        if (same_name(header.name, name)) return header.value;
    return {};
}

bool Request::has_header(std::string_view name) const noexcept {
    return std::any_of(headers.begin(), headers.end(),
                       [name](const Header& header) { return same_name(header.name, name); });
}

std::optional<std::string_view> Request::parameter(std::string_view name) const noexcept {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

std::string_view reason(unsigned status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Unknown";
    }
}

}  // namespace lectern::server
