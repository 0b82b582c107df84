#include "apps/server/net/access.hpp"

#include <algorithm>

#include "apps/server/http/problem.hpp"
#include "apps/server/http/response_head.hpp"

namespace lectern::server {
namespace {

// "localhost:8080" and "[::1]:8080" without the port.
std::string_view host_of(std::string_view header) {
    if (header.starts_with('[')) return header.substr(0, header.find(']') + 1);
    return header.substr(0, header.find(':'));
}

std::string_view key_text(const Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view header = request.header("Authorization");
    if (header.size() > scheme.size() && same_name(header.substr(0, scheme.size()), scheme))
        return header.substr(scheme.size());
    return request.header("X-API-Key");
}

}  // namespace

std::optional<Response> refuse_browser(const Request& request, const ServerOptions& options,
                                       bool keys_required) {
    if (keys_required || options.insecure) return {};
    const std::string_view host = host_of(request.header("Host"));
    const auto known = [host](std::string_view name) { return same_name(name, host); };
    if (!host.empty() && !known("localhost") && !known("127.0.0.1") && !known("[::1]") &&
        !known(host_of(options.listen)) &&
        std::none_of(options.hosts.begin(), options.hosts.end(), known))
        return problem(421, "unknown_host",
                       "this server is not called '" + std::string(host) +
                           "'; add the name with --host, or use API keys");
    const std::string_view origin = request.header("Origin");
    if (origin.empty() || !allowed_origin(request, options).empty()) return {};
    const std::size_t scheme = origin.find("://");
    if (scheme != std::string_view::npos &&
        same_name(origin.substr(scheme + 3), request.header("Host")))
        return {};
    return problem(403, "foreign_origin",
                   "requests of pages from '" + std::string(origin) +
                       "' are not allowed; add the origin with --cors-origin");
}

Admitted admit(const Request& request, const Router::Match& match, const Keys& keys) {
    const Route& route = *match.route;
    if (route.right == Right::none || !keys.required()) return {};
    Admitted out;
    const std::string_view text = key_text(request);
    if (!text.empty()) out.key = keys.find(text);
    if (out.key == nullptr) {
        out.refusal = problem(401, "unauthorized",
                              text.empty() ? "an API key is needed: 'Authorization: Bearer KEY'"
                                           : "the API key is not known");
        out.refusal->headers.push_back({"WWW-Authenticate", "Bearer realm=\"lectern\""});
        return out;
    }
    if (out.key->expired()) {
        out.refusal = problem(401, "key_expired",
                              "the API key '" + out.key->name + "' was good until " +
                                  out.key->expires + "; ask for another one");
        out.refusal->headers.push_back({"WWW-Authenticate", "Bearer realm=\"lectern\""});
        out.key = nullptr;
        return out;
    }
    const auto collection = match.values.find("name");
    // As it was asked for: what an alias stands for is told to nobody who does not reach that.
    const std::string& asked = request.segments.size() > 1 ? request.segments[1] : request.target;
    if (out.key->right < route.right)
        out.refusal =
            problem(403, "forbidden", "the key has no right to " + std::string(name(route.right)));
    else if (collection != match.values.end() && !out.key->reaches(collection->second))
        out.refusal =
            problem(403, "forbidden", "the key does not reach the collection '" + asked + "'");
    else if (!out.key->filter.empty() && !route.tenants)
        out.refusal = problem(403, "forbidden",
                              "the key is bound to a filter, and this is about all documents");
    return out;
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.has_header("Origin") &&
           request.has_header("Access-Control-Request-Method");
}

Response preflight(const Request& request, const Router::Match& match) {
    return {204,
            "",
            "",
            {{"Access-Control-Allow-Methods", match.allowed},
             {"Access-Control-Allow-Headers",
              std::string(request.header("Access-Control-Request-Headers"))},
             {"Access-Control-Max-Age", "600"}}};
}

}  // namespace lectern::server
