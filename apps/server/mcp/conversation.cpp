#include "apps/server/mcp/conversation.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "api/fields.hpp"

namespace lectern::server::mcp {

namespace json = boost::json;

namespace {

std::string key_of(const json::value& id) {
    return json::serialize(id);
}

// Calls `visit` with each message of a batch, or with the one.
template <typename Visit>
void each_message(const json::value& message, const Visit& visit) {
    if (const json::array* batch = message.if_array())
        std::for_each(batch->begin(), batch->end(), visit);
    else
        visit(message);
}

// The id of a request; nullptr for a notification and for what is no message.
const json::value* id_of(const json::value& message) {
    const json::object* object = message.if_object();
    return object == nullptr ? nullptr : object->if_contains("id");
}

}  // namespace

Conversation::Conversation(Sources sources, Send send)
    : sources_(std::move(sources)), send_(std::move(send)) {
    for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

Conversation::~Conversation() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        waiting_.clear();
        for (const WorkPointer& each : running_)
            for (auto& [id, stop] : each->stops) stop.request_stop();
    }
    changed_.notify_all();
}

bool Conversation::take(std::string_view line) {
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
        auto message = api::parse_json(line);
        if (message)
            each_message(*message, [this](const json::value& one) {
                cancel(one);
                if (const auto level = sets_level(one)) {
                    const std::lock_guard lock(mutex_);
                    log_level_ = level;
                }
            });
        if (!message || !calls_tool(*message)) {
            if (auto said = answer(line, sources())) send(*said);
        } else {
            auto made = std::make_shared<Work>();
            each_message(*message, [&made](const json::value& one) {
                if (const json::value* id = id_of(one)) made->stops.try_emplace(key_of(*id));
            });
            made->message = std::move(*message);
            std::unique_lock lock(mutex_);
            if (waiting_.size() < most_waiting) {
                waiting_.push_back(std::move(made));
                lock.unlock();
                changed_.notify_one();
            } else {
                lock.unlock();
                each_message(made->message, [this](const json::value& one) {
                    if (const json::value* id = id_of(one)) send(too_busy(*id));
                });
            }
        }
    }
    const std::lock_guard lock(mutex_);
    return !gone_;
}

void Conversation::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return gone_ || (waiting_.empty() && running_.empty()); });
}

Sources Conversation::sources() {
    Sources out = sources_;
    out.stays = true;
    const std::lock_guard lock(mutex_);
    out.log_level = log_level_;
    return out;
}

void Conversation::cancel(const json::value& message) {
    const std::optional<json::value> id = cancelled_request(message);
    if (!id) return;
    const std::string key = key_of(*id);
    const std::lock_guard lock(mutex_);
    const auto stop_in = [&key](const WorkPointer& work) {
        if (const auto found = work->stops.find(key); found != work->stops.end())
            found->second.request_stop();
    };
    std::for_each(waiting_.begin(), waiting_.end(), stop_in);
    std::for_each(running_.begin(), running_.end(), stop_in);
}

void Conversation::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
        if (ended_) return;
        const WorkPointer mine = std::move(waiting_.front());
        waiting_.pop_front();
        running_.push_back(mine);
        lock.unlock();
        if (const auto said = answered(*mine)) send(*said);
        lock.lock();
        std::erase(running_, mine);
        changed_.notify_all();
    }
}

std::optional<json::value> Conversation::answered(Work& work) {
    const json::array* batch = work.message.if_array();
    if (batch == nullptr) return answered_one(work.message, work);
    if (batch->empty() || batch->size() > most_of_a_batch)
        return answer_message(work.message, sources());
    json::array out;
    for (const json::value& each : *batch)
        if (auto one = answered_one(each, work)) out.push_back(std::move(*one));
    return out.empty() ? std::nullopt : std::optional<json::value>(std::move(out));
}

std::optional<json::value> Conversation::answered_one(const json::value& request, Work& work) {
    Sources sources = this->sources();
    const json::value* id = id_of(request);
    const auto found = id == nullptr ? work.stops.end() : work.stops.find(key_of(*id));
    const bool known = found != work.stops.end();
    if (known) sources.stop = found->second.get_token();
    sources.notify = [this, stop = sources.stop](const json::object& notification) {
        if (!stop.stop_requested()) send(notification);
    };
    // Who has cancelled a request wants to hear no more of it.
    if (sources.stop.stop_requested()) return {};
    auto said = answer_one(request, sources);
    if (sources.stop.stop_requested() || !said) return {};
    return json::value(std::move(*said));
}

void Conversation::send(const json::value& message) {
    const std::lock_guard alone(sending_);
    if (send_(message)) return;
    {
        const std::lock_guard lock(mutex_);
        gone_ = true;
    }
    changed_.notify_all();
}

}  // namespace lectern::server::mcp
