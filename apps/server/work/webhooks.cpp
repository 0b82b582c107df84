#include "apps/server/work/webhooks.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "api/result_json.hpp"
#include "apps/server/http/base64.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_post{10'000};
constexpr std::size_t least_secret = 16;
constexpr unsigned receiver_gone = 410;  // the receiver wants to hear no more of it

Result<std::string> read_secret(const std::filesystem::path& file) {
    const std::string named = "the webhooks' secret '" + file.string() + "' ";
    std::ifstream in(file, std::ios::binary);
    if (!in) return Status{Code::not_found, named + "cannot be read"};
    std::string text{std::istreambuf_iterator<char>(in), {}};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    constexpr std::string_view prefix = "whsec_";
    if (text.starts_with(prefix)) {
        auto bytes = base64_decoded(std::string_view(text).substr(prefix.size()));
        if (!bytes) return Status{Code::invalid_argument, named + "is not base64 after 'whsec_'"};
        text = std::move(*bytes);
    }
    if (text.size() < least_secret)
        return Status{Code::invalid_argument,
                      named + "must have " + std::to_string(least_secret) + " bytes at least"};
    return text;
}

void log_failure(const std::string& id, const Telling& telling) {
    log_line(
        LogLevel::warning, "a webhook was not delivered",
        {{"webhook", id}, {"url", api::clean(telling.url)}, {"detail", api::clean(telling.error)}});
}

}  // namespace

Result<WebhookRules> WebhookRules::read(const std::vector<std::string>& allowed,
                                        const std::vector<std::string>& always,
                                        const std::filesystem::path& secret) {
    WebhookRules out;
    for (const std::string& url : allowed) {
        LECTERN_ASSIGN(Destination one, parse_destination(url));
        out.allowed.push_back(std::move(one));
    }
    for (const std::string& url : always) {
        LECTERN_ASSIGN(Destination one, parse_destination(url));
        out.always.push_back(std::move(one));
    }
    if (out.allowed.empty() && out.always.empty()) return out;
    if (secret.empty())
        return Status{Code::invalid_argument,
                      "webhooks are signed: give a file with a secret with --webhook-secret"};
    LECTERN_ASSIGN(out.secret, read_secret(secret));
    return out;
}

Result<Destination> WebhookRules::find(std::string_view url) const {
    LECTERN_ASSIGN(Destination out, parse_destination(url));
    for (const Destination& one : allowed)
        if (is_within(out, one)) return out;
    return Status{Code::invalid_argument,
                  "'" + std::string(url) +
                      "' is no address that this server may tell; its operator allows addresses "
                      "with --webhook"};
}

json::object Telling::json() const {
    json::object out{{"url", api::clean(url)}, {"state", state}, {"attempts", attempts}};
    if (status > 0) out["status"] = status;
    if (!error.empty()) out["error"] = api::clean(error);
    return out;
}

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view timestamp, std::string_view body) {
    std::string content(id);
    content.append(".").append(timestamp).append(".").append(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), bytes.data(),
         &size);
    return "v1," + base64({reinterpret_cast<const char*>(bytes.data()), size});
}

Webhooks::Pauses Webhooks::usual_pauses() {
    return {1s, 5s, 30s, 2min, 10min};
}

Webhooks::Post Webhooks::usual_post() {
    return [](const Destination& to, const std::vector<Header>& headers, const std::string& body,
              const std::stop_token& stop) { return post(to, headers, body, longest_post, stop); };
}

Webhooks::Webhooks(WebhookRules rules, Post post, Pauses pauses)
    : rules_(std::move(rules)), post_(std::move(post)), pauses_(std::move(pauses)) {}

void Webhooks::send(Destination to, std::string id, const json::object& message, Told told) {
    Waiting one;
    one.due = Clock::now();
    one.telling.url = to.url;
    one.to = std::move(to);
    one.id = std::move(id);
    one.body = json::serialize(message);
    one.told = std::move(told);
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        if (waiting_.size() < most_waiting) {
            waiting_.push_back(std::move(one));
            if (threads_.size() < most_at_once)
                threads_.emplace_back([this] { work(stop_.get_token()); });
            ++changes_;
            changed_.notify_all();
            return;
        }
    }
    one.telling.state = "failed";
    one.telling.error = "not sent: " + std::to_string(most_waiting) + " others wait already";
    log_failure(one.id, one.telling);
    if (one.told) one.told(one.telling);
}

void Webhooks::end() {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        ended_ = true;
    }
    stop_.request_stop();
    for (std::thread& thread : threads_) thread.join();
    for (const Waiting& one : waiting_)
        log_line(LogLevel::warning, "the server ends before a webhook was delivered",
                 {{"webhook", one.id}, {"url", api::clean(one.to.url)}});
    waiting_.clear();
}

std::vector<Webhooks::Waiting>::iterator Webhooks::first() {
    auto out = waiting_.end();
    for (auto one = waiting_.begin(); one != waiting_.end(); ++one)
        if ((out == waiting_.end() || one->due < out->due) && !busy_.contains(one->to.authority()))
            out = one;
    return out;
}

void Webhooks::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        // A new one may be due earlier, and a receiver may become free.
        const auto changed = [this, known = changes_] { return changes_ != known; };
        const auto next = first();
        if (next == waiting_.end()) {
            changed_.wait(lock, stop, changed);
            continue;
        }
        const Clock::time_point due = next->due;
        if (Clock::now() < due) {
            changed_.wait_until(lock, stop, due, changed);
            continue;
        }
        Waiting one = std::move(*next);
        waiting_.erase(next);
        const std::string receiver = one.to.authority();
        busy_.insert(receiver);
        lock.unlock();
        const bool done = attempt(one, stop);
        if (one.told) one.told(one.telling);
        lock.lock();
        busy_.erase(receiver);
        if (!done) {
            if (!stop.stop_requested()) one.due = Clock::now() + pauses_[one.telling.attempts - 1];
            waiting_.push_back(std::move(one));
        }
        ++changes_;
        changed_.notify_all();
    }
}

bool Webhooks::attempt(Waiting& one, const std::stop_token& stop) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::string time =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    const std::vector<Header> headers{
        {"Content-Type", "application/json"},
        {"webhook-id", one.id},
        {"webhook-timestamp", time},
        {"webhook-signature", webhook_signature(rules_.secret, one.id, time, one.body)}};
    const auto status = post_(one.to, headers, one.body, stop);
    if (!status && status.status().code() == Code::cancelled) return false;
    Telling& telling = one.telling;
    ++telling.attempts;
    telling.status = status ? *status : 0;
    const bool taken = status && *status >= 200 && *status < 300;
    telling.error.clear();
    if (!status)
        telling.error = status.status().message();
    else if (!taken)
        telling.error = "the response was " + std::to_string(*status);
    const bool last = telling.attempts > pauses_.size() || telling.status == receiver_gone;
    telling.state = taken ? "delivered" : last ? "failed" : "waiting";
    if (!taken && last) log_failure(one.id, telling);
    return taken || last;
}

}  // namespace lectern::server
