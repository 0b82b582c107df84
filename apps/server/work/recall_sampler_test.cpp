// The sampler with a collection of its own, and with a server that is as quiet as the test says.
#include "apps/server/work/recall_sampler.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <string>
#include <thread>
#include <utility>

#include "apps/server/work/test_collections.hpp"

namespace lectern::server {
namespace {

class RecallSamplerTest : public CollectionsTest {
 protected:
    void SetUp() override {
        CollectionsTest::SetUp();
        ASSERT_TRUE(collections);
        make("notes");
        store("notes", "a", "moon tides");
        auto open = collections->get("notes");
        ASSERT_TRUE(open.ok()) << open.status().message();
        notes = *open;
    }
    // Once there is a line that begins so.
    [[nodiscard]] std::string printed(const std::string& wanted) const {
        while (true) {
            const std::string text = metrics.text({});
            const std::size_t at = text.find("\n" + wanted);
            if (at != std::string::npos)
                return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
            std::this_thread::yield();
        }
    }

    CollectionPointer notes;
    Metrics metrics;
};

TEST_F(RecallSamplerTest, ComparesWhileTheServerIsQuiet) {
    RecallSampler sampler({.every = 2}, metrics, [] { return true; });
    sampler.offer(notes, "tides");
    sampler.offer(notes, "tides");
    EXPECT_EQ(printed("lectern_index_recall_ratio{"),
              "lectern_index_recall_ratio{collection=\"notes\"} 1");
}

TEST_F(RecallSamplerTest, ASearchAmongOthersEndsTheComparison) {
    const auto mine = std::this_thread::get_id();
    std::latch begun(1);
    std::promise<void> offered;
    const std::shared_future<void> after = offered.get_future().share();
    RecallSampler sampler({.every = 1}, metrics, [&, first = true]() mutable {
        if (std::this_thread::get_id() == mine) return false;
        // The sampler looks, and the next search comes after it has.
        if (std::exchange(first, false)) begun.count_down();
        after.wait();
        return true;
    });
    sampler.offer(notes, "tides");
    begun.wait();
    sampler.offer(notes, "moon");
    offered.set_value();
    EXPECT_EQ(printed("lectern_index_recall_left_out_total{"),
              "lectern_index_recall_left_out_total{reason=\"load\"} 1");
}

}  // namespace
}  // namespace lectern::server
