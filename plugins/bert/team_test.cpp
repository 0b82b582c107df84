#include "team.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace lectern::bert {
namespace {

// Each part once, and each step after the one before it.
void expect_steps(Team& team, std::size_t parts, int steps) {
    Team::Session session(team);
    std::vector<std::atomic<int>> done(parts);
    for (int step = 0; step < steps; ++step) {
        session.step(parts, [&](std::size_t part) { done[part].fetch_add(1); });
        EXPECT_TRUE(std::all_of(done.begin(), done.end(),
                                [&](const auto& count) { return count == step + 1; }))
            << parts << " parts, step " << step;
    }
}

TEST(Team, DoesEachPartOfEachStepOnce) {
    for (const std::uint32_t threads : {0U, 1U, 2U, 4U}) {
        Team team(threads);
        for (const std::size_t parts : {0U, 1U, 2U, 36U, 70'000U}) expect_steps(team, parts, 5);
        expect_steps(team, 3, 20'000);
    }
}

TEST(Team, SeveralComputationsDoNotMix) {
    Team team(2);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 3; ++caller)
        callers.emplace_back([&team] {
            for (int round = 0; round < 200; ++round) expect_steps(team, 5, 20);
        });
    for (std::thread& caller : callers) caller.join();
}

TEST(Team, ThreadsHelp) {
    Team team(2);
    Team::Session session(team);
    // Two parts that wait for each other end only where two threads have them.
    std::atomic<int> here = 0;
    session.step(2, [&](std::size_t) {
        ++here;
        while (here < 2) std::this_thread::yield();
    });
    EXPECT_EQ(here, 2);
}

TEST(Team, WhoComesWhileOthersComputeIsAlone) {
    Team team(2);
    std::optional<Team::Session> first(team);
    const Team::Session second(team);
    first.reset();
    // The team is free, and the second computes still.
    Team::Session third(team);
    const auto self = std::this_thread::get_id();
    for (int step = 0; step < 1000; ++step)
        third.step(8, [&](std::size_t) { EXPECT_EQ(std::this_thread::get_id(), self); });
}

}  // namespace
}  // namespace lectern::bert
