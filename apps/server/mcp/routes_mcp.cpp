// The Model Context Protocol over HTTP ("streamable HTTP", without sessions: every message stands
// for itself, and nothing is ever sent that was not asked for, so a GET has no stream to give).
#include <algorithm>
#include <utility>

#include "apps/server/api/service.hpp"
#include "apps/server/http/sse.hpp"
#include "apps/server/mcp/protocol.hpp"

namespace lectern::server {
namespace {

mcp::Sources sources_of(Service& service, Call& call) {
    mcp::Sources out;
    out.names = [&service, &call] {
        std::vector<std::string> names = service.collections.names();
        std::erase_if(names,
                      [&call](const std::string& name) { return !call.may(Right::read, name); });
        return names;
    };
    out.get = [&service, &call](const std::string& given) -> Result<CollectionPointer> {
        const std::string name = service.collections.own_name(given);
        if (!call.may(Right::read, name))
            return Status{Code::not_found, "there is no collection '" + name +
                                               "' that the key reaches; see list_collections"};
        return service.collections.get(name);
    };
    out.key = call.key.get();
    out.most_hits = std::min<std::size_t>(out.most_hits, service.options.limits.k);
    out.stop = call.stop;
    out.search_time = service.options.limits.search_time;
    out.answer_time = service.options.limits.answer_time;
    return out;
}

// What is told while a request is worked on makes its response a stream, which the client must
// take.
Response answer(Service& service, Call& call) {
    mcp::Sources sources = sources_of(service, call);
    const auto send = [&call](const boost::json::object& notification) {
        if (!call.stream.begun()) call.stream.begin("text/event-stream");
        call.stream.write(event("message", notification));
    };
    if (lists(call.request.header("Accept"), "text/event-stream")) sources.notify = send;
    const auto answered = mcp::answer(call.request.body, sources);
    if (call.stream.begun()) {
        Response last;
        if (answered) last.last_piece = event("message", *answered);
        return last;
    }
    if (!answered) return {202, "", "", {}};
    return json_response(*answered, mcp::is_no_message(*answered) ? 400 : 200);
}

Response message(Service& service, Call& call) {
    const std::string_view version = call.request.header("MCP-Protocol-Version");
    // Before it is agreed on a version, the client can name what it likes.
    if (!version.empty() && !mcp::knows_version(version) && !mcp::initializes(call.request.body))
        return json_response(mcp::wrong_version(call.request.body, version), 400);
    if (!mcp::asks_for_text(call.request.body)) return answer(service, call);
    // A generator is slow, so it does not run among the searches.
    call.next = Continuation{Lane::ask, [&service](Call& later) { return answer(service, later); }};
    return {};
}

}  // namespace

void add_mcp_routes(Router& router, Service& service) {
    router.add(for_tenants({"POST", "/mcp", Right::read, Lane::read,
                            [&service](Call& call) { return message(service, call); }}));
}

}  // namespace lectern::server
