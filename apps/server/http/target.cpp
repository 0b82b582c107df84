#include "apps/server/http/target.hpp"

#include <algorithm>

#include "text/text.hpp"

namespace lectern::server {
namespace {

int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool climbs(std::string_view segment) noexcept {
    return segment == "." || segment == "..";
}

}  // namespace

Result<std::string> percent_decoded(std::string_view text, bool plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return Status{Code::invalid_argument,
                              "the target has a '%' that two hexadecimal digits do not follow"};
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0') return Status{Code::invalid_argument, "the target has a NUL byte"};
        out.push_back(c);
    }
    if (text::invalid_utf8_at(out) != std::string_view::npos)
        return Status{Code::invalid_argument, "the target is not valid UTF-8 when decoded"};
    return out;
}

Status read_target(Request& request) {
    std::string_view target = request.target;
    // The absolute form is for proxies; its path is what counts.
    for (const std::string_view scheme : {"http://", "https://"})
        if (target.starts_with(scheme)) {
            target.remove_prefix(scheme.size());
            target.remove_prefix(std::min(target.find_first_of("/?#"), target.size()));
            if (target.empty()) target = "/";
        }
    // No part of a request: taken off, what stands before it would be another document.
    if (target.find('#') != std::string_view::npos)
        return {Code::invalid_argument, "the target has a '#'; one of an id is sent as %23"};
    if (!target.starts_with('/')) return {Code::invalid_argument, "the target must begin with '/'"};
    const std::size_t mark = std::min(target.find('?'), target.size());
    std::string_view path = target.substr(1, mark - 1);
    std::string_view query = target.substr(std::min(mark + 1, target.size()));

    for (bool more = !path.empty(); more;) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        LECTERN_ASSIGN(std::string segment, percent_decoded(path.substr(0, slash)));
        if (climbs(segment))
            return {Code::invalid_argument, "the path has a segment '" + segment + "'"};
        request.segments.push_back(std::move(segment));
        more = slash < path.size();
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view item = query.substr(0, end);
        const std::size_t equals = std::min(item.find('='), item.size());
        LECTERN_ASSIGN(std::string key, percent_decoded(item.substr(0, equals), true));
        LECTERN_ASSIGN(std::string value,
                       percent_decoded(item.substr(std::min(equals + 1, item.size())), true));
        if (!key.empty()) request.query.emplace_back(std::move(key), std::move(value));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

}  // namespace lectern::server
