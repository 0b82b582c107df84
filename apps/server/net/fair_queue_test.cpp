// Whose turn it is, without threads and times.
#include "apps/server/net/fair_queue.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <string>

#include "apps/server/net/executor.hpp"

namespace lectern::server {
namespace {

const int owner_a = 0;
const int owner_b = 0;
const int owner_c = 0;

std::string all_of(FairQueue<std::string>& queue) {
    std::string out;
    while (!queue.empty()) out += queue.pop() + " ";
    return out;
}

TEST(FairQueueTest, OneOwnersAreInTheOrderOfArrival) {
    FairQueue<std::string> queue;
    for (const char* item : {"1", "2", "3"}) queue.push(nullptr, item);
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(all_of(queue), "1 2 3 ");
}

TEST(FairQueueTest, WhoComesWaitsForOneOfEachOther) {
    FairQueue<std::string> queue;
    for (const char* item : {"a1", "a2", "a3", "a4", "a5", "a6"}) queue.push(&owner_a, item);
    queue.push(&owner_b, "b1");
    queue.push(&owner_c, "c1");
    queue.push(&owner_c, "c2");
    EXPECT_EQ(queue.pop(), "a1");
    EXPECT_EQ(queue.pop(), "b1");
    queue.push(&owner_b, "b2");  // b had nothing left, so it stands behind c and a
    EXPECT_EQ(all_of(queue), "c1 a2 b2 c2 a3 a4 a5 a6 ");
}

TEST(FairQueueTest, AFullQueueHasRoomForWhoHasLess) {
    FairQueue<std::string> queue;
    EXPECT_FALSE(queue.displace(&owner_a)) << "nobody is there";
    for (const char* item : {"a1", "a2", "a3"}) queue.push(&owner_a, item);
    EXPECT_FALSE(queue.displace(&owner_a)) << "nobody has more";
    EXPECT_EQ(queue.displace(&owner_b), "a3");
    queue.push(&owner_b, "b1");
    EXPECT_FALSE(queue.displace(&owner_b)) << "b would have as many as a";
    EXPECT_EQ(queue.displace(&owner_c), "a2");
    queue.push(&owner_c, "c1");
    EXPECT_EQ(all_of(queue), "a1 b1 c1 ");
}

TEST(FairQueueTest, TheLeastIsTakenOutOfItsLine) {
    FairQueue<std::string> queue;
    const auto less = [](const std::string& x, const std::string& y) { return x < y; };
    EXPECT_EQ(queue.least(less), nullptr);
    for (const char* item : {"5", "2"}) queue.push(&owner_a, item);
    queue.push(&owner_b, "3");
    EXPECT_EQ(queue.take(queue.least(less)), "2");
    EXPECT_EQ(queue.take(queue.least(less)), "3");
    EXPECT_EQ(queue.size(), 1U);
    EXPECT_EQ(all_of(queue), "5 ");
}

TEST(ExecutorTest, KeysTakeTurnsAndAFullQueueIsNotOneKeysAlone) {
    const auto later = Executor::Clock::now() + std::chrono::hours(1);
    std::string order;  // written by one thread at a time
    std::latch done(4);
    std::latch running(1);
    std::latch release(1);
    Executor executor("test", 1, 3);
    ASSERT_TRUE(executor.submit(
        [&](bool) {
            running.count_down();
            release.wait();
        },
        later));
    running.wait();
    const auto job = [&](const char* name) {
        return [&order, &done, name](bool late) {
            order += std::string(name) + (late ? " late, " : ", ");
            done.count_down();
        };
    };
    for (const char* name : {"a1", "a2", "a3"})
        ASSERT_TRUE(executor.submit(job(name), later, &owner_a));
    EXPECT_FALSE(executor.submit(job("a4"), later, &owner_a)) << "the queue is full";
    EXPECT_TRUE(executor.submit(job("b1"), later, &owner_b)) << "and b has nothing in it";
    release.count_down();
    done.wait();
    EXPECT_EQ(order, "a3 late, a1, b1, a2, ");
}

}  // namespace
}  // namespace lectern::server
