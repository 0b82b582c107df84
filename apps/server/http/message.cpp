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

bool lists(std::string_view header, std::string_view word) noexcept {
    while (!header.empty()) {
        const std::size_t comma = std::min(header.find(','), header.size());
        const std::string_view item = header.substr(0, comma);
        const std::string_view name = trimmed(item.substr(0, std::min(item.find(';'), comma)));
        const bool refused =
            item.find("q=0") != std::string_view::npos &&
            item.find_first_of("123456789", item.find("q=0")) == std::string_view::npos;
        if (same_name(name, word)) return !refused;
        header.remove_prefix(std::min(comma + 1, header.size()));
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
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Unknown";
    }
}

}  // namespace lectern::server
