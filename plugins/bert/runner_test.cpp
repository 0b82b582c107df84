#include "runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "model_folder.hpp"
#include "model_graph.hpp"
#include "test_support.hpp"

namespace lectern::bert {
namespace {

TEST(Runner, AQueryGoesBeforeAPassageThatWaitsLonger) {
    ov::Core core;
    const ModelGraph graph =
        build_model_graph(core, open_model_folder(testdata() / "bert"), Pooling::mean, true);
    Runner runner(core, graph.model, RunnerOptions{Precision::f32, 1, 1});
    const auto wait_for = [&](std::size_t waiting) {
        while (runner.waiting() < waiting) std::this_thread::yield();
    };
    std::optional<Runner::Lease> held(runner.lease());
    std::string order;  // written by who holds the one request
    const auto take = [&](Turn turn, char mark) {
        const Runner::Lease lease = runner.lease(turn);
        order += mark;
    };
    std::thread passage(take, Turn::passage, 'p');
    wait_for(1);
    std::thread query(take, Turn::query, 'q');
    wait_for(2);
    EXPECT_FALSE(runner.try_lease(Turn::query));
    held.reset();
    query.join();
    passage.join();
    EXPECT_EQ(order, "qp");
    EXPECT_TRUE(runner.try_lease(Turn::passage));
}

TEST(Runner, APassageHasItsTurnAmongEndlessQueries) {
    ov::Core core;
    const ModelGraph graph =
        build_model_graph(core, open_model_folder(testdata() / "bert"), Pooling::mean, true);
    Runner runner(core, graph.model, RunnerOptions{Precision::f32, 1, 1});
    std::optional<Runner::Lease> held(runner.lease());
    std::atomic<bool> gone{false};
    std::thread passage([&] {
        const Runner::Lease lease = runner.lease(Turn::passage);
        gone = true;
    });
    // Two threads, so that a query waits whenever the other gives its request back.
    const auto ask_until_gone = [&] {
        while (!gone) const Runner::Lease lease = runner.lease(Turn::query);
    };
    std::thread first(ask_until_gone);
    std::thread second(ask_until_gone);
    while (runner.waiting() < 3) std::this_thread::yield();
    held.reset();
    passage.join();  // or the test hangs
    first.join();
    second.join();
}

}  // namespace
}  // namespace lectern::bert
