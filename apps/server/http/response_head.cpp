#include "apps/server/http/response_head.hpp"

#include <array>
#include <ctime>
#include <utility>

#include "apps/server/http/gzip.hpp"

namespace lectern::server {
namespace {

constexpr std::size_t least_gzipped = 1024;

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

bool compressible(std::string_view type) {
    return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
           type.find("javascript") != std::string_view::npos ||
           type.find("svg") != std::string_view::npos;
}

}  // namespace

std::string allowed_origin(const Request& request, const ServerOptions& options) {
    const std::string_view origin = request.header("Origin");
    if (origin.empty()) return {};
    for (const std::string& known : options.cors_origins)
        if (known == "*" || known == origin) return std::string(known == "*" ? "*" : origin);
    return {};
}

std::string response_head(unsigned status, const std::vector<Header>& headers,
                          const Request& request, const ServerOptions& options) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason(status)) +
                      "\r\nDate: " + http_date() +
                      "\r\nServer: lectern\r\nX-Request-Id: " + request.trace_id +
                      "\r\nX-Content-Type-Options: nosniff\r\n";
    const auto add = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ");
        for (const char c : value)
            if (c != '\r' && c != '\n') out.push_back(c);
        out += "\r\n";
    };
    for (const Header& header : headers) add(header.name, header.value);
    if (const std::string origin = allowed_origin(request, options); !origin.empty()) {
        add("Access-Control-Allow-Origin", origin);
        add("Access-Control-Expose-Headers",
            "ETag, Location, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, "
            "X-Lectern-Ignored, "
            "X-Request-Id");
    }
    if (!options.cors_origins.empty()) add("Vary", "Origin");
    if (!request.keep_alive)
        add("Connection", "close");
    else if (request.version == 10)
        add("Connection", "keep-alive");
    return out;
}

std::string response_bytes(Response response, const Request& request,
                           const ServerOptions& options) {
    std::vector<Header> headers = std::move(response.headers);
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!response.content_type.empty() && !bodiless)
        headers.push_back({"Content-Type", response.content_type});
    // What is not modified would have been compressible.
    if (response.status == 304 || (!bodiless && compressible(response.content_type)))
        headers.push_back({"Vary", "Accept-Encoding"});
    if (!bodiless && compressible(response.content_type) && response.body.size() >= least_gzipped &&
        lists(request.header("Accept-Encoding"), "gzip")) {
        if (std::string small = gzipped(response.body); !small.empty()) {
            response.body = std::move(small);
            headers.push_back({"Content-Encoding", "gzip"});
        }
    }
    if (!bodiless) headers.push_back({"Content-Length", std::to_string(response.body.size())});
    std::string out = response_head(response.status, headers, request, options) + "\r\n";
    if (request.method != "HEAD" && !bodiless) out += response.body;
    return out;
}

}  // namespace lectern::server
