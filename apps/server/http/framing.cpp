#include "apps/server/http/parser.hpp"

#include <algorithm>

#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

// Of a target in absolute form, which is for proxies.
std::optional<std::string_view> authority_of(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (target.starts_with(scheme)) {
            target.remove_prefix(scheme.size());
            return target.substr(0, target.find_first_of("/?#"));
        }
    return {};
}

}  // namespace

std::optional<Response> refuse_framing(const Request& request) {
    const auto count = [&request](std::string_view name) {
        return std::count_if(request.headers.begin(), request.headers.end(),
                             [name](const Header& header) { return same_name(header.name, name); });
    };
    const auto hosts = count("Host");
    if (hosts == 0 && request.version >= 11)
        return problem(400, "malformed", "the header 'Host' is missing");
    if (hosts > 1 || request.header("Host").find_first_of(", \t") != std::string_view::npos)
        return problem(400, "malformed", "the header 'Host' has more than one value");
    // It is the host then, whatever the header says (RFC 9112, 3.2.2).
    if (const auto host = authority_of(request.target);
        host && !same_name(*host, request.header("Host")))
        return problem(400, "malformed", "the target and the header 'Host' name different hosts");
    if (count("Transfer-Encoding") == 0) return {};
    if (request.version < 11)
        return problem(400, "malformed", "HTTP/1.0 has no header 'Transfer-Encoding'");
    if (count("Transfer-Encoding") > 1 ||
        !same_name(request.header("Transfer-Encoding"), "chunked"))
        return problem(400, "unsupported_coding",
                       "the only transfer coding that is read here is 'chunked'");
    return {};
}

}  // namespace lectern::server
