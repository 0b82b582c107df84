#include "apps/server/mcp/listeners.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "apps/server/api/documents.hpp"
#include "apps/server/api/scope.hpp"
#include "apps/server/http/sse.hpp"
#include "apps/server/mcp/envelope.hpp"
#include "apps/server/mcp/resources.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::string_view id_key = "io.modelcontextprotocol/subscriptionId";

Status wrong_filter(std::string_view what) {
    return {Code::invalid_argument, std::string(what)};
}

}  // namespace

Result<Subscriptions> Subscriptions::of(const json::object& parameters) {
    const json::value* given = parameters.if_contains("notifications");
    const json::object* filter = given == nullptr ? nullptr : given->if_object();
    if (filter == nullptr) return wrong_filter("'notifications' must say what to listen to");
    Subscriptions out;
    if (const json::value* list = filter->if_contains("resourcesListChanged"))
        out.list = list->is_bool() && list->get_bool();
    const json::value* uris = filter->if_contains("resourceSubscriptions");
    if (uris == nullptr || uris->is_null()) return out;
    const json::array* all = uris->if_array();
    if (all == nullptr || all->size() > Listeners::most_uris)
        return wrong_filter("'resourceSubscriptions' must be a list of at most " +
                            std::to_string(Listeners::most_uris) + " uris");
    for (const json::value& uri : *all) {
        if (!uri.is_string()) return wrong_filter("'resourceSubscriptions' must be uris");
        out.uris.emplace_back(uri.get_string());
    }
    return out;
}

json::object Subscriptions::json() const {
    json::object out;
    if (list) out["resourcesListChanged"] = true;
    if (!uris.empty()) out["resourceSubscriptions"] = json::value_from(uris);
    return out;
}

Result<std::shared_ptr<void>> Listeners::add(std::shared_ptr<ResponseStream> stream,
                                             const json::value& id, Subscriptions subscriptions,
                                             std::shared_ptr<const Key> key) {
    auto listener = std::make_shared<Listener>();
    listener->stream = std::move(stream);
    listener->id = id;
    listener->subscriptions = std::move(subscriptions);
    listener->key = std::move(key);
    if (sees_a_part(*listener)) listener->subscriptions.list = false;
    prepare(listener->subscriptions.uris, listener->key.get());
    {
        const std::lock_guard lock(mutex_);
        forget_who_left();
        if (ended_) return Status{Code::unavailable, "the server is shutting down"};
        if (listeners_.size() >= most)
            return Status{Code::unavailable, "too many clients listen already; try again later"};
        if (listener->key != nullptr && of_key(*listener->key) >= most_of_key)
            return Status{Code::unavailable, "this key listens " + std::to_string(most_of_key) +
                                                 " times already; end one of them first"};
        if (!anybody_wants()) seen_ = states();
        for (const std::string& uri : listener->subscriptions.uris)
            listener->tags[uri] = tag(*listener, uri);
        listener->stream->begin("text/event-stream");
        if (!listener->id.is_null())
            tell(*listener, "notifications/subscriptions/acknowledged",
                 {{"notifications", listener->subscriptions.json()}});
        listeners_.push_back(listener);
        if (!thread_.joinable())
            thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
    }
    changed_.notify_all();
    // A connection's thread, which must not wait for a look, only says that it has left.
    return std::shared_ptr<void>(listener.get(), [listener](void*) { listener->left = true; });
}

void Listeners::prepare(const std::vector<std::string>& uris, const Key* key) const {
    for (const std::string& uri : uris)
        if (const auto address = place_of(uri);
            address && (key == nullptr || key->reaches(address->collection)))
            (void)collections_.get(address->collection);
}

void Listeners::change(const std::shared_ptr<void>& listening,
                       const std::vector<std::string>& uris) {
    if (listening == nullptr) return;
    const std::lock_guard lock(mutex_);
    Listener& listener = *static_cast<Listener*>(listening.get());
    if (!anybody_wants()) seen_ = states();
    std::map<std::string, std::string> tags;
    for (const std::string& uri : uris) {
        const auto known = listener.tags.find(uri);
        tags[uri] = known != listener.tags.end() ? known->second : tag(listener, uri);
    }
    listener.subscriptions.uris = uris;
    listener.tags = std::move(tags);
}

bool Listeners::anybody_wants() const {
    return std::any_of(listeners_.begin(), listeners_.end(), [](const auto& one) {
        return one->subscriptions.list || !one->subscriptions.uris.empty();
    });
}

std::optional<Address> Listeners::place_of(const std::string& uri) const {
    auto out = address_of(uri);
    if (out) out->collection = collections_.own_name(out->collection);
    return out;
}

void Listeners::forget_who_left() {
    std::erase_if(listeners_, [](const auto& one) { return one->left.load(); });
}

void Listeners::end() {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        ended_ = true;
        for (const auto& listener : listeners_) finish(*listener);
        listeners_.clear();
    }
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Listeners::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [this] { return !listeners_.empty(); });
            // A moment between looks, which a new listener does not shorten.
            changed_.wait_for(lock, stop, pause_, [] { return false; });
        }
        if (!stop.stop_requested()) look();
    }
}

void Listeners::look() {
    const std::lock_guard lock(mutex_);
    forget_who_left();
    std::erase_if(listeners_, [this](const auto& listener) {
        const bool over = !still_may(*listener);
        if (over) finish(*listener);
        return over;
    });
    if (!anybody_wants()) return;
    const auto now = states();
    std::set<std::string> changed;
    for (const auto& [name, state] : now)
        if (const auto before = seen_.find(name); before == seen_.end() || before->second != state)
            changed.insert(name);
    for (const auto& [name, state] : seen_)
        if (!now.contains(name)) changed.insert(name);
    seen_ = now;
    if (changed.empty()) return;
    for (const auto& listener : listeners_) {
        const bool any = std::any_of(changed.begin(), changed.end(), [&](const std::string& name) {
            return reaches(*listener, name);
        });
        if (listener->subscriptions.list && any)
            tell(*listener, "notifications/resources/list_changed", {});
        for (const std::string& uri : listener->subscriptions.uris) {
            const auto address = address_of(uri);  // an alias has a state of its own
            if (!address || !changed.contains(address->collection)) continue;
            std::string fresh = tag(*listener, uri);
            if (fresh == listener->tags[uri]) continue;
            listener->tags[uri] = std::move(fresh);
            tell(*listener, "notifications/resources/updated", {{"uri", uri}});
        }
    }
}

// A collection that nobody has opened changes for nobody; one that is on disk alone is known by its
// name. An alias changes with its collection, and when it is switched.
std::map<std::string, std::string> Listeners::states() const {
    std::map<std::string, std::string> out;
    for (const std::string& name : collections_.names()) out[name];
    for (const CollectionPointer& open : collections_.open_ones()) {
        if (!Collections::valid_name(open->name)) continue;
        if (const auto stats = open->collection.stats())
            out[open->name] = stats->collection_id + " " + std::to_string(stats->sequence);
    }
    for (const auto& [alias, collection] : collections_.aliases().all())
        out[alias] = collection + " " + out[collection];
    return out;
}

// An alias gives no right: what counts is the collection behind it.
bool Listeners::reaches(const Listener& listener, const std::string& collection) const {
    return listener.key == nullptr || listener.key->reaches(collections_.own_name(collection));
}

std::size_t Listeners::of_key(const Key& key) const {
    return static_cast<std::size_t>(std::count_if(
        listeners_.begin(), listeners_.end(),
        [&key](const auto& one) { return one->key != nullptr && one->key->sha256 == key.sha256; }));
}

// That somebody writes is told to nobody who does not see what.
bool Listeners::sees_a_part(const Listener& listener) {
    return listener.key != nullptr && !listener.key->filter.empty();
}

std::string Listeners::tag(const Listener& listener, const std::string& uri) const {
    const auto address = place_of(uri);
    if (!address || !reaches(listener, address->collection)) return {};
    const auto open = collections_.get(address->collection);
    if (!open) return {};
    const auto seen = Scope(listener.key.get()).sees((*open)->collection, address->document);
    if (!seen || !*seen) return {};
    const auto tag = tag_of((*open)->collection, address->document);
    return tag ? *tag : std::string();
}

bool Listeners::still_may(Listener& listener) const {
    if (listener.key == nullptr) return true;
    const auto all = keys_.all();
    const auto now = std::find_if(all.begin(), all.end(), [&](const auto& key) {
        return key->sha256 == listener.key->sha256;
    });
    if (now == all.end() || (*now)->expired()) return false;
    // Its collections or its filter may be others since.
    listener.key = *now;
    if (sees_a_part(listener)) listener.subscriptions.list = false;
    return true;
}

void Listeners::tell(const Listener& listener, std::string_view method,
                     json::object parameters) const {
    if (!listener.id.is_null()) parameters["_meta"] = json::object{{id_key, listener.id}};
    (void)listener.stream->write(event(
        "message",
        json::object{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(parameters)}}));
}

void Listeners::finish(const Listener& listener) const {
    if (listener.id.is_null()) return listener.stream->end({});
    json::object result{{"_meta", json::object{{id_key, listener.id}}}};
    complete_result("subscriptions/listen", result);
    listener.stream->end(event(
        "message",
        json::object{{"jsonrpc", "2.0"}, {"id", listener.id}, {"result", std::move(result)}}));
}

}  // namespace lectern::server::mcp
