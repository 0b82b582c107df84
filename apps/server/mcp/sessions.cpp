#include "apps/server/mcp/sessions.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace lectern::server::mcp {
namespace {

constexpr std::size_t session_bytes = 16;

std::string hash_of(const Key* key) {
    return key == nullptr ? std::string() : key->sha256;
}

}  // namespace

std::string Sessions::new_id() {
    return hexadecimal(random_bytes(session_bytes));
}

bool Sessions::valid_id(std::string_view id) noexcept {
    return id.size() == 2 * session_bytes && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

Sessions::Session& Sessions::at(const std::string& id, const Key* key) {
    const std::string whose = hash_of(key);
    const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const Session& one) {
        return one.id == id && one.key == whose;
    });
    if (found != sessions_.end()) {
        sessions_.splice(sessions_.begin(), sessions_, found);
        return sessions_.front();
    }
    if (sessions_.size() >= most) make_room();
    sessions_.emplace_front();
    sessions_.front().id = id;
    sessions_.front().key = whose;
    return sessions_.front();
}

void Sessions::make_room() {
    std::map<std::string_view, std::size_t> counts;
    for (const Session& one : sessions_) ++counts[one.key];
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const std::string_view whose = std::max_element(counts.begin(), counts.end(), fewer)->first;
    const auto last = std::find_if(sessions_.rbegin(), sessions_.rend(),
                                   [whose](const Session& one) { return one.key == whose; });
    sessions_.erase(std::prev(last.base()));
}

std::optional<Level> Sessions::log_level(const std::string& id, const Key* key) {
    const std::lock_guard lock(mutex_);
    return at(id, key).level;
}

void Sessions::set_log_level(const std::string& id, const Key* key, Level level) {
    const std::lock_guard lock(mutex_);
    at(id, key).level = level;
}

bool Sessions::subscribe(const std::string& id, const Key* key, const std::string& uri) {
    listeners_.prepare({uri}, key);
    const std::lock_guard lock(mutex_);
    Session& session = at(id, key);
    if (std::find(session.uris.begin(), session.uris.end(), uri) != session.uris.end()) return true;
    if (session.uris.size() >= Listeners::most_uris) return false;
    session.uris.push_back(uri);
    listeners_.change(session.listening.lock(), session.uris);
    return true;
}

void Sessions::unsubscribe(const std::string& id, const Key* key, const std::string& uri) {
    const std::lock_guard lock(mutex_);
    Session& session = at(id, key);
    if (std::erase(session.uris, uri) > 0)
        listeners_.change(session.listening.lock(), session.uris);
}

Result<std::shared_ptr<void>> Sessions::listen(const std::string& id,
                                               const std::shared_ptr<const Key>& key,
                                               std::shared_ptr<ResponseStream> stream) {
    std::vector<std::string> uris;
    {
        const std::lock_guard lock(mutex_);
        uris = at(id, key.get()).uris;
    }
    listeners_.prepare(uris, key.get());  // what is subscribed to meanwhile prepares itself
    const std::lock_guard lock(mutex_);
    Session& session = at(id, key.get());
    LECTERN_ASSIGN(std::shared_ptr<void> listening,
                   listeners_.add(std::move(stream), nullptr, {false, session.uris}, key));
    session.listening = listening;
    return listening;
}

void Sessions::end(const std::string& id, const Key* key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&id, whose = hash_of(key)](const Session& one) {
        return one.id == id && one.key == whose;
    });
}

}  // namespace lectern::server::mcp
