#include "engine/pipeline/query_batcher.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace lectern {
namespace {

// Gives each sequence its first token as its vector; counts calls.
struct Embedder {
    std::vector<std::size_t> batches = {};
    std::latch* entered = nullptr;  // the first call says that it has begun,
    std::latch* release = nullptr;  // and waits

    Status run(std::span<const lectern_tokens> sequences, float* out,
               std::vector<host::ItemError>& failed) {
        batches.push_back(sequences.size());
        if (batches.size() == 1 && entered != nullptr) {
            entered->count_down();
            release->wait();
        }
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            out[i] = static_cast<float>(sequences[i].ids[0]);
            if (sequences[i].ids[0] == 13) failed.push_back({i, Code::invalid_argument, "unlucky"});
        }
        return {};
    }
};

lectern_tokens one_token(const std::int32_t& id, std::uint64_t count = 1) {
    lectern_tokens out{};
    out.struct_size = sizeof out;
    out.ids = &id;
    out.count = count;
    return out;
}

TEST(QueryBatcherTest, AnIdleEmbedderIsCalledAtOnce) {
    Embedder embedder;
    QueryBatcher batcher("stage 'vectors'", 1, 1, 100,
                         [&](auto sequences, const host::Interrupt&, float* out, auto& failed) {
                             return embedder.run(sequences, out, failed);
                         });
    for (const std::int32_t id : {5, 7}) {
        float vector = 0;
        ASSERT_TRUE(batcher.embed(one_token(id), {}, &vector).ok());
        EXPECT_EQ(vector, static_cast<float>(id));
    }
    EXPECT_EQ(embedder.batches, (std::vector<std::size_t>{1, 1}));
}

// One that gives up ends its own call, and no call that others share.
TEST(QueryBatcherTest, AnInterruptIsTheCallsOfOneQueryAlone) {
    std::latch entered(1);
    std::latch release(1);
    std::vector<std::pair<std::size_t, bool>> calls;  // queries, and whether it is to stop
    QueryBatcher batcher("stage 'vectors'", 1, 1, 100,
                         [&](auto sequences, const host::Interrupt& interrupt, float*, auto&) {
                             calls.emplace_back(sequences.size(), interrupt.stopped());
                             if (calls.size() == 1) {
                                 entered.count_down();
                                 release.wait();
                             }
                             return Status();
                         });
    std::stop_source stop;
    stop.request_stop();
    const host::Interrupt interrupt{.stop = stop.get_token()};
    const std::int32_t id = 1;
    const auto ask = [&] {
        float vector = 0;
        EXPECT_TRUE(batcher.embed(one_token(id), interrupt, &vector).ok());
    };
    std::thread first(ask);
    entered.wait();
    std::thread second(ask);
    std::thread third(ask);
    while (batcher.waiting() < 2) std::this_thread::yield();
    release.count_down();
    for (std::thread* thread : {&first, &second, &third}) thread->join();
    EXPECT_EQ(calls, (std::vector<std::pair<std::size_t, bool>>{{1, true}, {2, false}}));
}

TEST(QueryBatcherTest, WhatWaitsGoesTogetherAndFailsAlone) {
    std::latch entered(1);
    std::latch release(1);
    Embedder embedder;
    embedder.entered = &entered;
    embedder.release = &release;
    QueryBatcher batcher("stage 'vectors'", 1, 1, 4,
                         [&](auto sequences, const host::Interrupt&, float* out, auto& failed) {
                             return embedder.run(sequences, out, failed);
                         });
    const std::vector<std::int32_t> ids{1, 2, 13, 4, 5, 6, 7};
    std::vector<float> vectors(ids.size());
    std::vector<Status> statuses(ids.size());
    std::vector<std::thread> threads;
    const auto ask = [&](std::size_t i) {
        statuses[i] = batcher.embed(one_token(ids[i]), {}, &vectors[i]);
    };
    threads.emplace_back(ask, 0);
    entered.wait();  // the embedder is busy with the first
    for (std::size_t i = 1; i < ids.size(); ++i) threads.emplace_back(ask, i);
    while (batcher.waiting() < ids.size() - 1) std::this_thread::yield();
    release.count_down();
    for (std::thread& thread : threads) thread.join();

    for (std::size_t i = 0; i < ids.size(); ++i) {
        EXPECT_EQ(vectors[i], static_cast<float>(ids[i]));
        EXPECT_EQ(statuses[i].ok(), ids[i] != 13) << ids[i];
    }
    EXPECT_EQ(embedder.batches, (std::vector<std::size_t>{1, 4, 2})) << "4 tokens a call";
}

}  // namespace
}  // namespace lectern
