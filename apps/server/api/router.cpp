#include "apps/server/api/router.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace lectern::server {
namespace {

std::vector<std::string> split(std::string_view pattern) {
    std::vector<std::string> out;
    while (pattern.starts_with('/')) {
        pattern.remove_prefix(1);
        const std::size_t slash = std::min(pattern.find('/'), pattern.size());
        if (slash > 0) out.emplace_back(pattern.substr(0, slash));
        pattern.remove_prefix(slash);
    }
    return out;
}

bool placeholder(const std::string& part) {
    return part.starts_with('{');
}
bool takes_rest(const std::string& part) {
    return part.ends_with("+}");
}

std::optional<std::map<std::string, std::string>> matched(
    const std::vector<std::string>& parts, const std::vector<std::string>& segments) {
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i >= segments.size()) return {};
        const std::string& part = parts[i];
        if (!placeholder(part)) {
            if (part != segments[i]) return {};
            continue;
        }
        if (takes_rest(part)) {
            std::string rest = segments[i];
            for (std::size_t k = i + 1; k < segments.size(); ++k) rest += "/" + segments[k];
            if (rest.empty()) return {};
            values.emplace(part.substr(1, part.size() - 3), std::move(rest));
            return values;
        }
        if (segments[i].empty()) return {};
        values.emplace(part.substr(1, part.size() - 2), segments[i]);
    }
    if (parts.size() != segments.size()) return {};
    return values;
}

}  // namespace

void Router::add(Route route) {
    route.parts = split(route.pattern);
    routes_.push_back(std::move(route));
}

Router::Match Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
    Match exact = find_exactly(method, segments);
    if (exact.route != nullptr || !exact.allowed.empty()) return exact;
    // A base address with '/' at its end makes "/v1//models" of clients. What carries ids is taken
    // as it is.
    std::vector<std::string> full;
    std::copy_if(segments.begin(), segments.end(), std::back_inserter(full),
                 [](const std::string& segment) { return !segment.empty(); });
    if (full.size() == segments.size() || full.empty() || full.front() == "collections")
        return exact;
    return find_exactly(method, full);
}

Router::Match Router::find_exactly(std::string_view method,
                                   const std::vector<std::string>& segments) const {
    if (method == "HEAD") method = "GET";
    Match out;
    for (const Route& route : routes_) {
        auto values = matched(route.parts, segments);
        if (!values) continue;
        if (route.method == method) {
            out.route = &route;
            out.values = std::move(*values);
            return out;
        }
        out.allowed += route.method + (route.method == "GET" ? ", HEAD, " : ", ");
    }
    if (!out.allowed.empty()) out.allowed += "OPTIONS";
    return out;
}

}  // namespace lectern::server
