#include "engine/ingest/byte_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace lectern {
namespace {

const auto never = [] { return false; };
const auto must_not_wait = [] { ADD_FAILURE() << "there is room"; };

void wait_until_somebody_waits(const ByteBudget& budget) {
    while (!budget.somebody_waits()) std::this_thread::yield();
}

TEST(ByteBudget, GivesUpToItsBoundAtOnce) {
    ByteBudget budget(10);
    const ByteLease first = budget.take(4, must_not_wait, never);
    const ByteLease second = budget.take(6, must_not_wait, never);
    EXPECT_EQ(budget.peak(), 10U);
    EXPECT_FALSE(budget.somebody_waits());
}

TEST(ByteBudget, WaitsForRoomAndSaysSoFirst) {
    ByteBudget budget(10);
    ByteLease held = budget.take(6, must_not_wait, never);
    int called = 0;
    // The budget is not locked in the call: what it sets in motion may give bytes back at once.
    const ByteLease next = budget.take(
        5,
        [&] {
            ++called;
            EXPECT_TRUE(budget.somebody_waits());
            held = ByteLease();
        },
        never);
    EXPECT_EQ(called, 1);
    EXPECT_FALSE(budget.somebody_waits());
    EXPECT_EQ(budget.peak(), 6U);
}

TEST(ByteBudget, WakesWhoWaitsWhenBytesComeBack) {
    ByteBudget budget(10);
    ByteLease first = budget.take(5, must_not_wait, never);
    ByteLease second = budget.take(5, must_not_wait, never);
    std::atomic<int> called = 0;
    std::atomic<bool> taken = false;
    std::thread taker([&] {
        const ByteLease lease = budget.take(
            8, [&] { ++called; }, never);
        taken = true;
    });
    wait_until_somebody_waits(budget);
    first = ByteLease();  // 5 of 10 are free: not enough
    EXPECT_TRUE(budget.somebody_waits());
    EXPECT_FALSE(taken);
    second = ByteLease();
    taker.join();
    EXPECT_TRUE(taken);
    EXPECT_EQ(called, 1);
    EXPECT_EQ(budget.peak(), 10U);
}

TEST(ByteBudget, PassesOneThatIsLargerThanAllWhenIdle) {
    ByteBudget budget(10);
    {
        const ByteLease large = budget.take(1000, must_not_wait, never);
        EXPECT_EQ(budget.peak(), 1000U);
    }
    ByteLease small = budget.take(1, must_not_wait, never);
    bool waited = false;
    const ByteLease large = budget.take(
        1000,
        [&] {
            waited = true;
            small = ByteLease();
        },
        never);
    EXPECT_TRUE(waited);
    EXPECT_EQ(budget.peak(), 1000U);
}

TEST(ByteBudget, DoesNotTakeAnOverflowForRoom) {
    ByteBudget budget(10);
    ByteLease small = budget.take(2, must_not_wait, never);
    bool waited = false;
    const ByteLease large = budget.take(
        std::numeric_limits<std::uint64_t>::max() - 1,
        [&] {
            waited = true;
            small = ByteLease();
        },
        never);
    EXPECT_TRUE(waited);
}

TEST(ByteBudget, EndsTheWaitingOfWhoGivesUp) {
    ByteBudget budget(10);
    ByteLease held = budget.take(10, must_not_wait, never);
    std::atomic<bool> stop = false;
    std::thread taker([&] {
        const ByteLease lease = budget.take(
            7, [] {}, [&] { return stop.load(); });
        EXPECT_EQ(budget.peak(), 17U);  // taken all the same
    });
    wait_until_somebody_waits(budget);
    budget.wake();  // asked, and it goes on waiting
    EXPECT_TRUE(budget.somebody_waits());
    stop = true;
    budget.wake();
    taker.join();
    EXPECT_FALSE(budget.somebody_waits());
    // All that was taken is given back: there is room for a whole budget again.
    held = ByteLease();
    const ByteLease whole = budget.take(10, must_not_wait, never);
}

TEST(ByteBudget, ForgetsWhoFailsBeforeWaiting) {
    ByteBudget budget(10);
    const ByteLease held = budget.take(10, must_not_wait, never);
    EXPECT_THROW((void)budget.take(
                     1, [] { throw std::runtime_error("broken"); }, never),
                 std::runtime_error);
    EXPECT_FALSE(budget.somebody_waits());
    EXPECT_EQ(budget.peak(), 10U);
}

TEST(ByteBudget, GivesWithoutWaitingBeyondItsBound) {
    ByteBudget budget(10);
    ByteLease first = budget.take_now(8);
    ByteLease second = budget.take_now(8);
    EXPECT_EQ(budget.peak(), 16U);
    first = ByteLease();
    const ByteLease rest = budget.take(2, must_not_wait, never);
    EXPECT_EQ(budget.peak(), 16U);
}

TEST(ByteLease, GivesItsBytesBackOnce) {
    ByteBudget budget(10);
    const auto room_for = [&](std::uint64_t bytes) {
        bool room = true;
        const ByteLease lease = budget.take(
            bytes, [&] { room = false; }, [] { return true; });
        return room;
    };
    ByteLease keep = budget.take(1, must_not_wait, never);
    ByteLease moved;
    {
        ByteLease lease = budget.take(4, must_not_wait, never);
        const ByteLease other(std::move(lease));
        EXPECT_FALSE(room_for(6));
        ByteLease third = budget.take(2, must_not_wait, never);
        moved = std::move(third);
        EXPECT_FALSE(room_for(4));
        EXPECT_TRUE(room_for(3));
    }
    EXPECT_FALSE(room_for(8));
    EXPECT_TRUE(room_for(7));  // 1 and 2 are held
    moved = ByteLease();
    EXPECT_FALSE(room_for(10));
    EXPECT_TRUE(room_for(9));
}

TEST(ByteBudget, KeepsItsBoundWithManyThreads) {
    ByteBudget budget(100);
    std::atomic<std::uint64_t> in_flight = 0;
    std::atomic<bool> exceeded = false;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (unsigned i = 0; i < 500; ++i) {
                const std::uint64_t bytes = 1 + (i * 7 + t * 13) % 60;
                const ByteLease lease = budget.take(
                    bytes, [] {}, never);
                if (in_flight.fetch_add(bytes) + bytes > 100) exceeded = true;
                std::this_thread::yield();
                in_flight -= bytes;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(exceeded);
    EXPECT_LE(budget.peak(), 100U);
    EXPECT_FALSE(budget.somebody_waits());
}

}  // namespace
}  // namespace lectern
