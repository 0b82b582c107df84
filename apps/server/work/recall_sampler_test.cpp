// The sampler with a collection of its own, and with a server that is as quiet as the test says.
#include "apps/server/work/recall_sampler.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

class RecallSamplerTest : public testing::Test {
 protected:
    void SetUp() override {
        test::write_word_vectors(home.path() / "words.vec", 50, 8, 1, {"moon", "tides"});
        const auto pipeline = home.path() / "small.yaml";
        std::ofstream(pipeline)
            << "version: 1\npipeline: small\nstages:\n  text: {plugin: documents, stage: text}\n"
               "  chunks: {plugin: passages, stage: splitter}\n  tokens: {plugin: words}\n"
               "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
               "ingest: [source, text, chunks, tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search]\n";
        auto engine = Engine::create({.folders = {.cache = home.path() / "cache"}});
        ASSERT_TRUE(engine.ok()) << engine.status().message();
        collections.emplace(home.path() / "data", *engine,
                            CollectionOptions{.pipeline = pipeline.string()});
        bool exists = false;
        auto made = collections->create("notes", "", exists);
        ASSERT_TRUE(made.ok()) << made.status().message();
        notes = *made;
        const std::vector<DocumentInput> documents{{"a", "", "moon tides", ""}};
        ASSERT_TRUE(notes->collection.ingest_documents(documents).ok());
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

    lectern::TestFolder home;
    std::optional<Collections> collections;
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
