// The Model Context Protocol over HTTP ("streamable HTTP"). Every message stands for itself; a
// session of an older revision holds what its client wishes to be told (sessions.hpp), and a GET
// opens the stream for it. Of the newest revision who wants to hear of changes asks with a message
// whose response stays open.
#include <algorithm>
#include <memory>
#include <utility>

#include "api/fields.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/sse.hpp"
#include "apps/server/mcp/envelope.hpp"
#include "apps/server/mcp/listeners.hpp"
#include "apps/server/mcp/protocol.hpp"
#include "apps/server/mcp/sessions.hpp"

namespace lectern::server {
namespace {

constexpr std::string_view session_header = "Mcp-Session-Id";

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
            return Status{Code::not_found, "there is no collection '" + given +
                                               "' that the key reaches; see list_collections"};
        return service.collections.get(name);
    };
    // A key that is bound to a filter stores no files over HTTP either.
    if ((call.key == nullptr || call.key->right >= Right::write) && call.scope().whole())
        out.may_write = [&call](const std::string& name) { return call.may(Right::write, name); };
    out.key = call.key.get();
    out.most_hits = std::min<std::size_t>(out.most_hits, service.options.limits.k);
    out.stop = call.stop;
    out.search_time = service.options.limits.search_time;
    out.answer_time = service.options.limits.answer_time;
    out.listens = true;
    // Where nobody keeps it, it is not offered: a client without a session asks for none of it.
    const std::string id(call.request.header(session_header));
    if (!mcp::Sessions::valid_id(id)) return out;
    out.stays = true;
    out.log_level = service.sessions.log_level(id, call.key.get());
    out.subscribe = [&service, &call, id](const std::string& uri, bool on) {
        if (on) return service.sessions.subscribe(id, call.key.get(), uri);
        service.sessions.unsubscribe(id, call.key.get(), uri);
        return true;
    };
    return out;
}

// What a request of the newest revision is, and its response when it is refused.
struct Newest {
    boost::json::value id = nullptr;
    std::string method;
    boost::json::object parameters;
    std::optional<Response> refusal;
};

Response answer_of(const boost::json::object& said) {
    const boost::json::value* error = said.if_contains("error");
    return json_response(
        said, error == nullptr ? 200 : mcp::status_of(error->at("code").to_number<int>()));
}

// Nothing for what is of an older revision, or no request. The header or the message may say that
// it is of the newest; then both must.
std::optional<Newest> newest_request(const Request& request, const boost::json::value& message) {
    const boost::json::object* object = message.if_object();
    if (object == nullptr) return {};
    const boost::json::value* id = object->if_contains("id");
    const boost::json::value* method = object->if_contains("method");
    const boost::json::value* given = object->if_contains("params");
    const bool is_request = id != nullptr && (id->is_string() || id->is_number()) &&
                            method != nullptr && method->is_string();
    if (!is_request) return {};
    Newest out;
    out.id = *id;
    out.method = std::string(method->get_string());
    if (given != nullptr && given->is_object()) out.parameters = given->get_object();
    if (request.header("MCP-Protocol-Version") != mcp::newest_version &&
        !mcp::has_envelope(out.parameters))
        return {};
    auto why = mcp::has_envelope(out.parameters) ? mcp::refuse_headers(request, *object)
                                                 : mcp::refuse_envelope(out.parameters);
    if (!why) why = mcp::refuse_envelope(out.parameters);
    if (why) out.refusal = answer_of(mcp::refused(out.id, *why));
    return out;
}

Response listen(Service& service, Call& call, const Newest& request) {
    if (!lists(call.request.header("Accept"), "text/event-stream"))
        return problem(406, "not_acceptable",
                       "what is listened to comes as text/event-stream, which the header Accept "
                       "must allow");
    auto subscriptions = mcp::Subscriptions::of(request.parameters);
    if (!subscriptions)
        return answer_of(mcp::refused(request.id, {-32602, subscriptions.status().message()}));
    auto listening = service.listeners.add(call.stream.shared(), request.id,
                                           std::move(*subscriptions), call.key);
    if (!listening)
        return answer_of(mcp::refused(request.id, {-32603, listening.status().message()}));
    call.stays = std::move(*listening);
    return {};
}

// The message of a request; nullptr: it is no JSON.
using MessagePointer = std::shared_ptr<const boost::json::value>;

std::optional<boost::json::value> answer_to(const Call& call, const MessagePointer& message,
                                            const mcp::Sources& sources) {
    return message == nullptr ? mcp::answer(call.request.body, sources)
                              : mcp::answer_message(*message, sources);
}

// What is told while a request is worked on makes its response a stream, which the client must
// take. `newest`: it is of the newest revision.
Response answer(Service& service, Call& call, const MessagePointer& message, bool newest) {
    mcp::Sources sources = sources_of(service, call);
    const auto send = [&call](const boost::json::object& notification) {
        if (!call.stream.begun()) call.stream.begin("text/event-stream");
        call.stream.write(event("message", notification));
    };
    if (lists(call.request.header("Accept"), "text/event-stream")) sources.notify = send;
    const auto answered = answer_to(call, message, sources);
    if (call.stream.begun()) {
        Response last;
        if (answered) last.last_piece = event("message", *answered);
        return last;
    }
    if (!answered) return {202, "", "", {}};
    if (newest && answered->is_object()) return answer_of(answered->get_object());
    return json_response(*answered, mcp::is_no_message(*answered) ? 400 : 200);
}

// The one that a client begins with `initialize`: a session's id is in the response.
Response begin_session(Service& service, Call& call, const MessagePointer& message) {
    mcp::Sources sources = sources_of(service, call);
    sources.stays = true;
    sources.subscribe = [](const std::string&, bool) { return true; };  // only offered here
    const auto answered = answer_to(call, message, sources);
    if (!answered) return {202, "", "", {}};
    Response out = json_response(*answered, mcp::is_no_message(*answered) ? 400 : 200);
    if (answered->is_object() && answered->get_object().contains("result"))
        out.headers.push_back({std::string(session_header), mcp::Sessions::new_id()});
    return out;
}

void take_level(Service& service, Call& call, const boost::json::value& message) {
    const std::string id(call.request.header(session_header));
    if (!mcp::Sessions::valid_id(id)) return;
    if (const auto level = mcp::sets_level(message))
        service.sessions.set_log_level(id, call.key.get(), *level);
}

// The stream of a session.
Response stream(Service& service, Call& call) {
    const std::string id(call.request.header(session_header));
    if (call.request.method != "GET" || !mcp::Sessions::valid_id(id))
        return problem(405, "method_not_allowed",
                       "there is a stream for a session alone, whose id the header Mcp-Session-Id "
                       "has; 'initialize' gives one");
    if (!lists(call.request.header("Accept"), "text/event-stream"))
        return problem(406, "not_acceptable",
                       "the stream is text/event-stream, which the header Accept must allow");
    auto listening = service.sessions.listen(id, call.key, call.stream.shared());
    // As a server that has no streams: clients go on without.
    if (!listening) return problem(405, "method_not_allowed", listening.status().message());
    call.stays = std::move(*listening);
    return {};
}

Response end_session(Service& service, Call& call) {
    service.sessions.end(std::string(call.request.header(session_header)), call.key.get());
    return {204, "", "", {}};
}

Response message(Service& service, Call& call) {
    auto parsed = api::parse_json(call.request.body);
    // What is no JSON asks for nothing here; its answer says so.
    const MessagePointer given =
        parsed ? std::make_shared<const boost::json::value>(std::move(*parsed)) : nullptr;
    const boost::json::value none;
    const boost::json::value& body = given == nullptr ? none : *given;
    const auto newest = newest_request(call.request, body);
    if (newest) {
        if (newest->refusal) return *newest->refusal;
        if (newest->method == "subscriptions/listen") return listen(service, call, *newest);
    }
    const std::string_view version = call.request.header("MCP-Protocol-Version");
    // Before it is agreed on a version, the client can name what it likes.
    const bool begins = mcp::initializes(body);
    if (!version.empty() && !mcp::knows_version(version) && !begins)
        return json_response(mcp::wrong_version(body, version), 400);
    if (!newest && begins) return begin_session(service, call, given);
    take_level(service, call, body);
    const bool is_newest = newest.has_value();
    // A generator and a file's extraction are slow, so they do not run among the searches.
    const bool stores = mcp::stores(body) && sources_of(service, call).may_write;
    if (!stores && !mcp::asks_for_text(body)) return answer(service, call, given, is_newest);
    call.next =
        Continuation{stores ? Lane::ingest : Lane::ask, [&service, given, is_newest](Call& later) {
                         return answer(service, later, given, is_newest);
                     }};
    return {};
}

}  // namespace

void add_mcp_routes(Router& router, Service& service) {
    router.add(for_tenants({"POST", "/mcp", Right::read, Lane::read,
                            [&service](Call& call) { return message(service, call); }}));
    router.add(for_tenants({"GET", "/mcp", Right::read, Lane::read,
                            [&service](Call& call) { return stream(service, call); }}));
    router.add(for_tenants({"DELETE", "/mcp", Right::read, Lane::read,
                            [&service](Call& call) { return end_session(service, call); }}));
}

}  // namespace lectern::server
