#include "tests/load/load.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tests/load/client.hpp"
#include "tests/load/corpus.hpp"

namespace lectern::load {

namespace json = boost::json;
using boost::beast::http::verb;

namespace {

constexpr std::uint64_t documents_of_a_bulk = 16;
constexpr std::uint64_t questions_of_a_client = 1'000'003;  // apart from every other client's
// What a client that was turned away waits, as Retry-After asks for whole seconds or more.
constexpr std::chrono::milliseconds turned_away{100};

bool by_design(unsigned status) {
    return status == 200 || status == 429 || status == 503;
}

}  // namespace

Load::Load(std::uint16_t port, const std::string& collection, const std::vector<Work>& clients,
           std::uint64_t first_document, std::string key)
    : port_(port),
      path_("/collections/" + collection),
      key_(std::move(key)),
      next_document_(first_document) {
    for (std::size_t i = 0; i < clients.size(); ++i)
        threads_.emplace_back([this, work = clients[i], i] { run(work, i); });
}

Load::~Load() {
    if (!threads_.empty()) stop();
}

void Load::stop() {
    stopped_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    if (seconds_ == 0) seconds_ = std::chrono::duration<double>(Clock::now() - begin_).count();
}

void Load::run(Work work, std::uint64_t number) {
    Client client(port_, key_);
    for (std::uint64_t round = 0; !stopped_; ++round) {
        const std::string question = question_of(number * questions_of_a_client + round);
        std::string target = path_;
        std::string body;
        std::uint64_t first = 0;
        switch (work) {
            case Work::search:
                target += "/search";
                body = json::serialize(json::object{{"query", question}, {"k", 5}});
                break;
            case Work::ask:
            case Work::generate:
                target += "/ask";
                body = json::serialize(json::object{
                    {"question", question}, {"extractive", work == Work::ask && round % 2 == 0}});
                break;
            case Work::bulk:
                target += "/documents";
                first = next_document_.fetch_add(documents_of_a_bulk);
                for (std::uint64_t i = 0; i < documents_of_a_bulk; ++i)
                    body += line_of(document_of(prefix, first + i));
                break;
        }
        const Clock::time_point begin = Clock::now();
        const std::optional<Reply> reply = client.send(verb::post, target, std::move(body));
        const std::chrono::duration<double, std::milli> took = Clock::now() - begin;

        const std::chrono::duration<double> age = begin - begin_;

        bool wait = false;
        {
            const std::lock_guard lock(mutex_);
            if (!reply) {
                if (ending_) return;
                failures_.push_back(target + ": " + client.error());
                continue;
            }
            Seen& seen = seen_[work];
            ++seen.statuses[reply->status];
            wait = reply->status != 200;
            if (!by_design(reply->status))
                failures_.push_back(target + ": " + std::to_string(reply->status) + " after " +
                                    std::to_string(took.count()) + " milliseconds, at second " +
                                    std::to_string(age.count()) + ": " + reply->body);
            seen.slowest_milliseconds = std::max(seen.slowest_milliseconds, took.count());
            if (reply->status != 200 && by_design(reply->status) && !reply->retry_after)
                failures_.push_back(target + ": " + std::to_string(reply->status) +
                                    " without Retry-After");
            if (reply->status == 200) {
                seen.milliseconds.push_back(took.count());
                if (work == Work::bulk) {
                    // One line of the response for each that was sent, in order.
                    std::uint64_t document = first;
                    for (std::size_t at = 0; at < reply->body.size(); ++document) {
                        const std::size_t end =
                            std::min(reply->body.find('\n', at), reply->body.size());
                        const std::string_view line(reply->body.data() + at, end - at);
                        if (line.find(R"("stored")") != std::string_view::npos)
                            acknowledged_.push_back(document);
                        else
                            failures_.push_back(target + ": " + std::string(line));
                        at = end + 1;
                    }
                }
            }
        }
        if (wait && !stopped_) std::this_thread::sleep_for(turned_away);
    }
}

}  // namespace lectern::load
