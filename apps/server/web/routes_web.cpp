// The web page: files that are built in.
#include <string>

#include "apps/server/api/service.hpp"
#include "apps/server/http/message.hpp"
#include "apps/server/web/web.hpp"

namespace lectern::server {
namespace {

// Only files of this server, nothing inline, no frame around it, and text becomes HTML nowhere:
// with Trusted Types a browser refuses innerHTML and its like.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    return "text/javascript; charset=utf-8";
}

Response serve(const WebFile& file, const Call& call) {
    const bool known = lists(call.request.header("If-None-Match"), file.tag);
    Response out{known ? 304U : 200U,
                 std::string(type_of(file.name)),
                 known ? std::string() : std::string(file.bytes),
                 {}};
    out.headers = {{"ETag", std::string(file.tag)},
                   {"Cache-Control", "no-cache"},
                   {"Content-Security-Policy", std::string(content_policy)},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cross-Origin-Opener-Policy", "same-origin"}};
    return out;
}

}  // namespace

void add_web_routes(Router& router) {
    for (const WebFile& file : web_files()) {
        const std::string path = file.name == "index.html" ? "/" : "/web/" + std::string(file.name);
        Route route{"GET", path, Right::none, Lane::direct,
                    [&file](Call& call) { return serve(file, call); }};
        route.in_log = false;
        router.add(std::move(route));
    }
}

}  // namespace lectern::server
