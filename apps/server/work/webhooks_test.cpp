// Webhooks with a receiver that the test is itself: addresses, signatures, attempts.
#include "apps/server/work/webhooks.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <fstream>
#include <future>

#include "apps/server/work/jobs.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

TEST(DestinationTest, IsReadInOneWayOnly) {
    const struct {
        const char* url;
        const char* authority;  // "": it is refused
        const char* target;
    } cases[] = {{"http://hooks.example", "hooks.example", "/"},
                 {"https://Hooks.Example:443/a?b=c", "hooks.example", "/a?b=c"},
                 {"http://hooks.example:0080/", "hooks.example", "/"},
                 {"https://hooks.example:80/", "hooks.example:80", "/"},
                 {"http://[::1]:9000/x", "[::1]:9000", "/x"},
                 {"http://10.0.0.1?a", "10.0.0.1", "/?a"},
                 {"ftp://hooks.example", "", ""},
                 {"hooks.example", "", ""},
                 {"http://", "", ""},
                 {"http://:80/", "", ""},
                 {"http://hooks.example@evil.example/", "", ""},
                 {"http://hooks.example\\@evil.example/", "", ""},
                 {"http://hooks.example:99999/", "", ""},
                 {"http://hooks.example:80x/", "", ""},
                 {"http://[::1", "", ""},
                 {"http://[::1]x/", "", ""},
                 {"http://hooks.example/a/../b", "", ""},
                 {"http://hooks.example/a/%2e%2e/b", "", ""},
                 {"http://hooks.example/#x", "", ""},
                 {"http://hooks.example/a b", "", ""},
                 {"http://hooks.example/a\r\nX: y", "", ""},
                 {"http://%68ooks.example/", "", ""}};
    for (const auto& each : cases) {
        const auto got = parse_destination(each.url);
        EXPECT_EQ(got.ok(), *each.authority != 0) << each.url;
        if (!got) continue;
        EXPECT_EQ(got->authority(), each.authority) << each.url;
        EXPECT_EQ(got->target, each.target) << each.url;
    }
}

TEST(DestinationTest, IsWithinAnotherOfTheSameProgram) {
    const struct {
        const char* what;
        const char* allowed;
        bool within;
    } cases[] = {{"http://a.example/x/y", "http://a.example", true},
                 {"http://A.example:80/x/y?z", "http://a.example/x/", true},
                 {"http://a.example/x", "http://a.example/x", true},
                 {"http://a.example/xy", "http://a.example/x", false},
                 {"http://a.example/", "http://a.example/x", false},
                 {"http://a.example%2fx/", "http://a.example", false},
                 {"https://a.example/x", "http://a.example/x", false},
                 {"http://a.example:81/x", "http://a.example/x", false},
                 {"http://b.a.example/x", "http://a.example/x", false},
                 {"http://a.example.evil.example/x", "http://a.example/x", false}};
    for (const auto& each : cases) {
        const auto what = parse_destination(each.what);
        EXPECT_EQ(what && is_within(*what, *parse_destination(each.allowed)), each.within)
            << each.what;
    }
}

// The example of https://www.standardwebhooks.com (the reference libraries' test vector).
TEST(WebhookTest, IsSignedAsItsReceiversExpect) {
    const TestFolder home;
    const auto file = home.path() / "secret";
    std::ofstream(file) << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
    const auto rules = WebhookRules::read({"http://a.example"}, {}, file);
    ASSERT_TRUE(rules.ok()) << rules.status().message();
    EXPECT_EQ(webhook_signature(rules->secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                                R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookTest, RulesSayWhatIsMissing) {
    const TestFolder home;
    const auto file = home.path() / "secret";
    const auto read = [&](const char* url, const char* secret) {
        if (secret != nullptr) std::ofstream(file) << secret;
        const auto rules =
            WebhookRules::read({url}, {}, secret == nullptr ? std::filesystem::path() : file);
        return rules ? std::string() : std::string(rules.status().message());
    };
    EXPECT_NE(read("http://a.example", nullptr).find("--webhook-secret"), std::string::npos);
    EXPECT_NE(read("http://a.example", "short").find("16 bytes"), std::string::npos);
    EXPECT_NE(read("http://a.example", "whsec_???").find("base64"), std::string::npos);
    EXPECT_NE(read("a.example", "0123456789abcdef").find("http://"), std::string::npos);
    EXPECT_EQ(read("http://a.example", "0123456789abcdef\n"), "");
    EXPECT_TRUE(WebhookRules::read({}, {}, {}).ok()) << "nobody is told, so nothing is signed";
}

// A receiver that gives the responses it is told to, and the messages that came.
struct Receiver {
    std::mutex mutex;
    std::deque<Result<unsigned>> responses;
    std::vector<std::vector<Header>> headers;
    std::vector<std::string> bodies;

    Webhooks::Post post() {
        return [this](const Destination&, const std::vector<Header>& its_headers,
                      const std::string& body, const std::stop_token&) -> Result<unsigned> {
            const std::lock_guard lock(mutex);
            headers.push_back(its_headers);
            bodies.push_back(body);
            Result<unsigned> out = std::move(responses.front());
            responses.pop_front();
            return out;
        };
    }
};

WebhookRules rules_for(const char* url) {
    WebhookRules out;
    out.allowed.push_back(*parse_destination(url));
    out.secret = "0123456789abcdef";
    return out;
}

// What the last attempt of a message says.
Telling sent(Webhooks& webhooks, const char* url) {
    std::promise<Telling> last;
    webhooks.send(*parse_destination(url), "m-0", {{"type", "job.done"}},
                  [&last](const Telling& telling) {
                      if (telling.state != "waiting") last.set_value(telling);
                  });
    return last.get_future().get();
}

TEST(WebhookTest, IsSentAgainUntilItIsTakenOrGivenUp) {
    const auto failure = [] { return Status{Code::unavailable, "Connection refused"}; };
    struct Case {
        std::deque<Result<unsigned>> responses;
        const char* state;
        unsigned attempts;
        unsigned status;
        const char* error;
    };
    std::vector<Case> cases;
    cases.push_back({{204U}, "delivered", 1, 204, ""});
    cases.push_back({{failure(), 500U, 200U}, "delivered", 3, 200, ""});
    cases.push_back({{500U, 302U, 404U}, "failed", 3, 404, "404"});
    cases.push_back({{failure(), failure(), failure()}, "failed", 3, 0, "refused"});
    cases.push_back({{410U}, "failed", 1, 410, "410"});
    for (Case& each : cases) {
        Receiver receiver;
        const std::size_t expected = each.responses.size();
        receiver.responses = std::move(each.responses);
        Webhooks webhooks(rules_for("http://a.example"), receiver.post(), {1ms, 1ms});
        const Telling last = sent(webhooks, "http://a.example/x");
        EXPECT_EQ(last.state, each.state);
        EXPECT_EQ(last.attempts, each.attempts);
        EXPECT_EQ(last.status, each.status);
        EXPECT_NE(last.error.find(each.error), std::string::npos) << last.error;
        ASSERT_EQ(receiver.bodies.size(), expected);
        for (std::size_t i = 0; i < expected; ++i) {
            const auto& headers = receiver.headers[i];
            EXPECT_EQ(headers.at(1).value, "m-0") << "the id is the same";
            EXPECT_EQ(headers.at(3).value,
                      webhook_signature("0123456789abcdef", "m-0", headers.at(2).value,
                                        R"({"type":"job.done"})"));
        }
    }
}

TEST(WebhookTest, TheEndOfTheServerWaitsForNoPause) {
    Receiver receiver;
    receiver.responses.push_back(500U);
    std::promise<void> tried;
    Webhooks webhooks(rules_for("http://a.example"), receiver.post(), {24h});
    webhooks.send(*parse_destination("http://a.example/"), "m-0", {},
                  [&tried](const Telling& telling) {
                      EXPECT_EQ(telling.state, "waiting");
                      tried.set_value();
                  });
    tried.get_future().wait();
    webhooks.end();
    EXPECT_EQ(receiver.bodies.size(), 1U);
}

TEST(WebhookTest, OfAReceiverThatHangsNotEverythingIsKept) {
    std::atomic<unsigned> given_up{0};
    const auto told = [&given_up](const Telling& telling) {
        if (telling.state == "failed" && telling.attempts == 0) ++given_up;
    };
    std::promise<void> begun;
    std::promise<void> go_on;
    std::atomic<bool> first{true};
    const auto hangs_once = [&](const Destination&, const std::vector<Header>&, const std::string&,
                                const std::stop_token&) -> Result<unsigned> {
        if (!first.exchange(false)) return 410U;
        begun.set_value();
        go_on.get_future().wait();
        return 410U;
    };
    Webhooks webhooks(rules_for("http://a.example"), hangs_once, {});
    const auto to = *parse_destination("http://a.example/");
    webhooks.send(to, "under way", {}, {});
    begun.get_future().wait();
    for (std::size_t i = 0; i < Webhooks::most_waiting; ++i) webhooks.send(to, "waits", {}, told);
    EXPECT_EQ(given_up.load(), 0U);
    webhooks.send(to, "one too many", {}, told);
    EXPECT_EQ(given_up.load(), 1U);
    go_on.set_value();
}

TEST(WebhookTest, ASlowReceiverHoldsUpNobodyElseAndGetsOneMessageAtATime) {
    std::promise<void> go_on;
    const std::shared_future<void> may_go_on = go_on.get_future().share();
    std::atomic<int> at_slow{0};
    std::atomic<bool> two_at_slow{false};
    const auto post = [&](const Destination& to, const std::vector<Header>&, const std::string&,
                          const std::stop_token&) -> Result<unsigned> {
        if (to.host != "slow.example") return 200U;
        if (++at_slow > 1) two_at_slow = true;
        may_go_on.wait();
        --at_slow;
        return 200U;
    };
    std::promise<void> told;
    std::atomic<int> slow_ones{0};
    std::promise<void> all_slow_ones;
    Webhooks webhooks(rules_for("http://slow.example"), post, {});
    for (int i = 0; i < 20; ++i)
        webhooks.send(*parse_destination("http://slow.example/" + std::to_string(i)), "slow", {},
                      [&](const Telling&) {
                          if (++slow_ones == 20) all_slow_ones.set_value();
                      });
    webhooks.send(*parse_destination("http://other.example/"), "other", {},
                  [&](const Telling&) { told.set_value(); });
    told.get_future().wait();
    EXPECT_EQ(slow_ones.load(), 0);
    go_on.set_value();
    all_slow_ones.get_future().wait();
    EXPECT_FALSE(two_at_slow.load());
}

class JobWebhookTest : public testing::Test {
 protected:
    json::object ended(Jobs& jobs, json::object settings) {
        bool busy = false;
        const auto job = jobs.start("verify", "notes", std::move(settings), busy);
        EXPECT_TRUE(job.ok());
        while (true) {
            auto now = jobs.find("notes", std::string(job->at("job").as_string()));
            const json::value* told = now->if_contains("webhooks");
            const bool waits =
                now->at("state") == "running" ||
                (told != nullptr && told->as_array().back().at("state") == "waiting");
            if (!waits) return *now;
            std::this_thread::yield();
        }
    }
    static Result<json::object> work(const JobRecord&, JobFace&) {
        return json::object{{"healthy", true}};
    }
    lectern::TestFolder home;
    Receiver receiver;
};

TEST_F(JobWebhookTest, IsToldOfItsEndAndShowsWhetherThatWasTaken) {
    receiver.responses.push_back(503U);
    receiver.responses.push_back(200U);
    Webhooks webhooks(rules_for("http://a.example/jobs"), receiver.post(), {1ms});
    Jobs jobs(home.path(), &work, &webhooks);
    const json::object job = ended(jobs, {{"webhook", "http://a.example/jobs/1"}});
    const json::object telling = job.at("webhooks").as_array().at(0).as_object();
    EXPECT_EQ(telling, (json::object{{"url", "http://a.example/jobs/1"},
                                     {"state", "delivered"},
                                     {"attempts", 2},
                                     {"status", 200}}));
    const json::object message = json::parse(receiver.bodies.at(1)).as_object();
    EXPECT_EQ(message.at("type"), "job.done");
    EXPECT_EQ(message.at("data").at("job"), job.at("job"));
    EXPECT_EQ(message.at("data").at("result").at("healthy"), true);
    EXPECT_FALSE(message.at("data").as_object().contains("webhooks"));
}

TEST_F(JobWebhookTest, WhatIsNotAllowedIsNeverSent) {
    Webhooks webhooks(rules_for("http://a.example/jobs"), receiver.post(), {1ms});
    Jobs jobs(home.path(), &work, &webhooks);
    const json::object job = ended(jobs, {{"webhook", "http://169.254.169.254/latest"}});
    EXPECT_EQ(job.at("webhooks").as_array().at(0).at("state"), "failed");
    EXPECT_TRUE(receiver.bodies.empty());
}

TEST_F(JobWebhookTest, TheOperatorsAddressIsToldOfEveryJobOnce) {
    receiver.responses.push_back(200U);
    WebhookRules rules = rules_for("http://a.example");
    rules.always.push_back(*parse_destination("http://a.example/all"));
    Webhooks webhooks(rules, receiver.post(), {});
    Jobs jobs(home.path(), &work, &webhooks);
    const json::object job = ended(jobs, {{"webhook", "http://a.example/all"}});
    EXPECT_EQ(job.at("webhooks").as_array().size(), 1U);
    EXPECT_EQ(receiver.bodies.size(), 1U);
}

}  // namespace
}  // namespace lectern::server
