// Addresses of hosts: a resolver that hangs holds up nobody for longer than he waits.
#include "apps/server/http/addresses.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "apps/server/http/outgoing.hpp"

namespace lectern::server {
namespace {

using namespace std::chrono_literals;
using Addresses = std::vector<boost::asio::ip::address>;
using Clock = std::chrono::steady_clock;

// Answers when it is told to, and then says that it has.
struct Hanging {
    std::promise<void> go_on = {};
    std::promise<void> asked = {};
    std::promise<void> answered = {};
};

Resolver hanging(const std::shared_ptr<Hanging>& state) {
    return [state](const std::string& host) -> Result<Addresses> {
        state->asked.set_value();
        state->go_on.get_future().wait();
        state->answered.set_value();
        return Status{Code::unavailable, host};
    };
}

// What its thread holds is given back before the test ends.
void let_go(Hanging& state) {
    state.go_on.set_value();
    state.answered.get_future().wait();
}

TEST(AddressesTest, AnAddressIsAskedOfNobody) {
    for (const char* host : {"127.0.0.1", "::1", "192.0.2.7", "2001:db8::1"}) {
        const auto found = addresses_of(host, Clock::now(), {}, [](const std::string&) {
            ADD_FAILURE() << "asked";
            return Result<Addresses>(Addresses());
        });
        ASSERT_TRUE(found.ok()) << host;
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ(found->front().to_string(), host);
    }
}

TEST(AddressesTest, WhatTheResolverSaysIsGiven) {
    const Addresses some{boost::asio::ip::make_address("192.0.2.7"),
                         boost::asio::ip::make_address("2001:db8::1")};
    const auto found =
        addresses_of("a.example", Clock::now() + 1h, {}, [&](const std::string& host) {
            EXPECT_EQ(host, "a.example");
            return Result<Addresses>(some);
        });
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, some);
    const auto none = addresses_of("a.example", Clock::now() + 1h, {}, [](const std::string&) {
        return Result<Addresses>(Status{Code::unavailable, "nobody knows"});
    });
    EXPECT_EQ(none.status().message(), "nobody knows");
}

TEST(AddressesTest, TheSystemKnowsItself) {
    const auto found = system_addresses("localhost");
    ASSERT_TRUE(found.ok()) << found.status().message();
    EXPECT_TRUE(std::all_of(found->begin(), found->end(),
                            [](const auto& address) { return address.is_loopback(); }));
}

TEST(AddressesTest, AResolverThatHangsIsWaitedForNoLongerThanWanted) {
    const auto state = std::make_shared<Hanging>();
    const auto found = addresses_of("a.example", Clock::now() + 20ms, {}, hanging(state));
    EXPECT_EQ(found.status().code(), Code::deadline_exceeded);
    EXPECT_NE(found.status().message().find("a.example"), std::string::npos);
    let_go(*state);
}

TEST(AddressesTest, AStopEndsTheWaiting) {
    const auto state = std::make_shared<Hanging>();
    std::stop_source stop;
    const std::jthread stopper([&] {
        state->asked.get_future().wait();
        stop.request_stop();
    });
    const auto found =
        addresses_of("a.example", Clock::now() + 24h, stop.get_token(), hanging(state));
    EXPECT_EQ(found.status().code(), Code::cancelled);
    let_go(*state);
}

TEST(AddressesTest, AMessageToAHostThatIsNotFoundEndsInTimeAndAtTheStop) {
    const auto to = parse_destination("http://a.example/hook");
    ASSERT_TRUE(to.ok());
    const auto late = std::make_shared<Hanging>();
    EXPECT_EQ(post(*to, {}, "{}", 20ms, {}, hanging(late)).status().code(),
              Code::deadline_exceeded);
    let_go(*late);
    const auto state = std::make_shared<Hanging>();
    std::stop_source stop;
    const std::jthread stopper([&] {
        state->asked.get_future().wait();
        stop.request_stop();
    });
    EXPECT_EQ(post(*to, {}, "{}", 24h, stop.get_token(), hanging(state)).status().code(),
              Code::cancelled);
    let_go(*state);
}

}  // namespace
}  // namespace lectern::server
