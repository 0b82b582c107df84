// The dataflow alone, with a collection that the test plays.
#include "engine/ingest/ingest.hpp"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/plugin.hpp"

namespace {

using lectern::plugin::Call;
using lectern::plugin::Config;
using lectern::plugin::Document;
using lectern::plugin::DocumentSink;
using lectern::plugin::stage;

// What the stages do; each test says it anew.
struct Script {
    std::function<void(const DocumentSink& sink)> extract;
    std::function<void(const Document& document)> before_split;
};

Script& script() {
    static Script of_this_test;
    return of_this_test;
}

class Some : public lectern::plugin::Extractor {
 public:
    explicit Some(const Config&) {}
    [[nodiscard]] unsigned fits(std::string_view, std::string_view) const override { return 100; }
    void extract(const Call&, const lectern::plugin::Source&,
                 const DocumentSink& sink) const override {
        script().extract(sink);
    }
};

class Whole : public lectern::plugin::Splitter {
 public:
    explicit Whole(const Config&) {}
    void split(const Call&, const Document& document,
               const lectern::plugin::ChunkSink& sink) const override {
        if (script().before_split) script().before_split(document);
        if (document.text.starts_with("broken"))
            throw lectern::plugin::Failure(LECTERN_INTERNAL, "it is broken");
        sink.chunk(0, document.text.size(), 1);
    }
};

}  // namespace

LECTERN_PLUGIN("played", "1.0.0", "Documents as a test wants them", "Apache-2.0",
               stage<Some>("some", "What the test says"), stage<Whole>("whole", "One chunk"))

namespace lectern {
namespace {

// Something that one thread waits for until another one has done it; a test whose event does not
// come says so and does not hang.
class Event {
 public:
    void happens() {
        if (!std::exchange(happened_, true)) promise_.set_value();
    }
    [[nodiscard]] bool comes() const {
        return future_.wait_for(std::chrono::minutes(1)) == std::future_status::ready;
    }

 private:
    bool happened_ = false;  // of the thread in which it happens
    std::promise<void> promise_;
    std::shared_future<void> future_ = promise_.get_future().share();
};

class Ingest : public ::testing::Test {
 protected:
    void SetUp() override {
        auto host = host::PluginHost::open({.entries = {&lectern_plugin_entry}, .threads = 2});
        ASSERT_TRUE(host.ok()) << host.status().message();
        models_ = std::make_shared<ModelRegistry>(std::move(*host), 2);
        auto config = config::parse_pipeline(
            "version: 1\npipeline: played\nstages:\n"
            "  some: {plugin: played, stage: some}\n"
            "  whole: {plugin: played, stage: whole}\n"
            "ingest: [source, some, whole, commit]\nquery: [query, search]\n",
            "played.yaml");
        ASSERT_TRUE(config.ok()) << config.status().message();
        auto pipeline = models_->pipeline(std::move(*config));
        ASSERT_TRUE(pipeline.ok()) << pipeline.status().message();
        pipeline_ = std::move(*pipeline);

        output_.decide = [this](const storage::PutDocument& document) -> Result<Decision> {
            const std::lock_guard lock(mutex_);
            const auto found = stored_.find(document.id);
            const bool same = found != stored_.end() && found->second == document.text;
            if (same) unchanged_.happens();
            return same ? Decision::unchanged : Decision::store;
        };
        output_.exists = [this](std::string_view id) {
            const std::lock_guard lock(mutex_);
            return stored_.contains(std::string(id));
        };
        output_.commit = [this](storage::WriteGroup group) -> Result<std::uint64_t> {
            if (before_commit_) before_commit_(group);
            const std::lock_guard lock(mutex_);
            std::uint64_t replaced = 0;
            for (const storage::PutDocument& document : group.puts) {
                replaced += stored_.count(document.id);
                stored_[document.id] = document.text;
                written_.push_back(document.id + ": " + document.text);
            }
            return replaced;
        };
    }
    void TearDown() override { script() = {}; }

    void run() {
        const Status status =
            run_ingest(*pipeline_, 2, NamedBytes{"notes.txt", "any"}, output_, {}, report_);
        ASSERT_TRUE(status.ok()) << status.message();
    }

    // Two documents of one id; none goes on before both have come.
    void run_two(std::string_view earlier, std::string_view later) {
        Event both_have_come;
        script().extract = [&](const DocumentSink& sink) {
            sink.document({.id = "note", .text = earlier});
            sink.document({.id = "note", .text = later});
            both_have_come.happens();
        };
        script().before_split = [&](const plugin::Document&) {
            EXPECT_TRUE(both_have_come.comes());
        };
        run();
    }

    // One stage waits in its thread for what happens in another one, on a machine with one core,
    // too.
    const oneapi::tbb::global_control two_{oneapi::tbb::global_control::max_allowed_parallelism, 2};
    std::shared_ptr<ModelRegistry> models_;
    std::shared_ptr<const Pipeline> pipeline_;
    std::mutex mutex_;  // the collection
    std::map<std::string, std::string> stored_;
    std::vector<std::string> written_;
    Event unchanged_;
    std::function<void(const storage::WriteGroup& group)> before_commit_;
    IngestOutput output_;
    IngestReport report_;
};

// What comes later counts, also when it is what the collection has while an earlier one is written.
TEST_F(Ingest, TheLaterOfOneIdStaysWhenItComesWhileTheOtherIsWritten) {
    stored_["note"] = "as it was";
    Event writing;
    before_commit_ = [&, first = true](const storage::WriteGroup&) mutable {
        if (!std::exchange(first, false)) return;
        writing.happens();
        EXPECT_TRUE(unchanged_.comes());
    };
    script().extract = [&](const DocumentSink& sink) {
        sink.document({.id = "note", .text = "changed"});
        EXPECT_TRUE(writing.comes());
        sink.document({.id = "note", .text = "as it was"});
    };
    run();
    EXPECT_EQ(stored_["note"], "as it was");
    EXPECT_EQ(report_.documents, 2U);
    EXPECT_EQ(report_.skipped, 0U);
}

TEST_F(Ingest, OfTwoOfOneIdThatAreDoneTogetherTheLaterAloneIsWritten) {
    run_two("earlier", "later");
    EXPECT_EQ(written_, std::vector<std::string>{"note: later"});
    EXPECT_EQ(report_.documents, 1U);
    EXPECT_TRUE(report_.failed.empty());
}

// A document that fails takes nothing along: neither what was stored, nor what came before it.
TEST_F(Ingest, TheEarlierOfOneIdIsStoredWhenTheLaterFails) {
    stored_["note"] = "as it was";
    run_two("good", "broken");
    EXPECT_EQ(stored_["note"], "good");
    EXPECT_EQ(report_.documents, 1U);
    EXPECT_EQ(report_.replaced, 1U);
    ASSERT_EQ(report_.failed.size(), 1U);
    EXPECT_NE(report_.failed[0].error.message().find("it is broken"), std::string::npos);
}

// Also when it is done long before the later one fails: others are written in the meantime.
TEST_F(Ingest, TheEarlierOfOneIdWaitsForWhatBecomesOfTheLater) {
    Event all_have_come;
    Event other_is_written;
    script().extract = [&](const DocumentSink& sink) {
        sink.document({.id = "note", .text = "good"});
        sink.document({.id = "other", .text = "good"});
        sink.document({.id = "note", .text = "broken"});
        all_have_come.happens();
    };
    script().before_split = [&](const plugin::Document& document) {
        EXPECT_TRUE(all_have_come.comes());
        if (document.text == "broken") {
            EXPECT_TRUE(other_is_written.comes());
        }
    };
    before_commit_ = [&, first = true](const storage::WriteGroup&) mutable {
        if (std::exchange(first, false)) other_is_written.happens();
    };
    run();
    EXPECT_EQ(written_, (std::vector<std::string>{"other: good", "note: good"}));
    EXPECT_EQ(report_.documents, 2U);
    EXPECT_EQ(report_.failed.size(), 1U);
}

}  // namespace
}  // namespace lectern
