// The dataflow alone, with a collection that the test plays.
#include "engine/ingest/ingest.hpp"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/plugin.hpp"
#include "tests/support/test_folder.hpp"

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
    std::function<void()> before_vectors;  // of one chunk
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

constexpr std::uint64_t chunk_bytes = 10;

class Tens : public lectern::plugin::Splitter {
 public:
    explicit Tens(const Config&) {}
    void split(const Call&, const Document& document,
               const lectern::plugin::ChunkSink& sink) const override {
        for (std::uint64_t i = 0; i < document.text.size(); i += chunk_bytes)
            sink.chunk(i, i + chunk_bytes, 1);
    }
};

class One : public lectern::plugin::Tokenizer {
 public:
    explicit One(const Config&) {}
    [[nodiscard]] std::string fingerprint() const override { return "played"; }
    void tokenize(const Call&, const lectern_text*, std::uint64_t count, bool, std::uint32_t,
                  const lectern::plugin::TokenSink& sink) const override {
        lectern::plugin::Tokens tokens;
        tokens.ids.push_back(1);
        tokens.ranges.push_back({0, 1});
        for (std::uint64_t i = 0; i < count; ++i) sink.tokens(i, tokens);
    }
};

// One chunk a call, and one call at a time.
class Same : public lectern::plugin::Embedder {
 public:
    explicit Same(const Config&) {
        info_.dimension = 2;
        info_.max_tokens = 8;
        info_.batch_tokens = 1;
        info_.fingerprint = "played";
        info_.tokens_fingerprint = "played";
    }
    [[nodiscard]] const lectern::plugin::EmbedderInfo& info() const override { return info_; }
    void embed(const Call&, const lectern_tokens*, std::uint64_t count, std::uint32_t,
               float* out) const override {
        if (script().before_vectors) script().before_vectors();
        for (std::uint64_t i = 0; i < count; ++i) {
            out[i * 2] = 1;
            out[i * 2 + 1] = 0;
        }
    }

 private:
    lectern::plugin::EmbedderInfo info_;
};

}  // namespace

LECTERN_PLUGIN("played", "1.0.0", "Documents as a test wants them", "Apache-2.0",
               stage<Some>("some", "What the test says"), stage<Whole>("whole", "One chunk"),
               stage<Tens>("tens", "Chunks of ten bytes"), stage<One>("one", "One token a text"),
               stage<Same>("same", "The same vector for all"))

namespace lectern {
namespace {

// Something that one thread waits for until another one has done it; a test whose event does not
// come says so and does not hang.
class Event {
 public:
    void happens() {
        if (!std::exchange(happened_, true)) promise_.set_value();
    }
    [[nodiscard]] bool comes(std::chrono::milliseconds within = std::chrono::minutes(1)) const {
        return future_.wait_for(within) == std::future_status::ready;
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
        play(
            "  some: {plugin: played, stage: some}\n"
            "  whole: {plugin: played, stage: whole}\n"
            "ingest: [source, some, whole, commit]\nquery: [query, search]\n");

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

    void play(const std::string& stages) {
        auto config = config::parse_pipeline("version: 1\npipeline: played\nstages:\n" + stages,
                                             "played.yaml");
        ASSERT_TRUE(config.ok()) << config.status().message();
        auto pipeline = models_->pipeline(std::move(*config));
        ASSERT_TRUE(pipeline.ok()) << pipeline.status().message();
        pipeline_ = std::move(*pipeline);
    }

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

// Of one long document, too, and of a file that has more bytes than text.
TEST_F(Ingest, ProgressCountsTheChunksOfADocument) {
    play(
        "  some: {plugin: played, stage: some}\n"
        "  tens: {plugin: played, stage: tens}\n"
        "  one: {plugin: played, stage: one}\n"
        "  same: {plugin: played, stage: same}\n"
        "ingest: [source, some, tens, one, same, commit]\nquery: [query, one, same, search]\n");
    constexpr std::size_t chunks = 100;
    script().extract = [&](const DocumentSink& sink) {
        sink.document({.id = "note", .text = std::string(chunks * chunk_bytes, 'a')});
    };
    const TestFolder folder;
    const SourceFile file{folder.path() / "note", "note", 5000};
    std::ofstream(file.path) << std::string(file.bytes, ' ');

    Event is_read;
    Event is_told_between;
    std::vector<IngestProgress> seen;
    IngestOptions options;
    options.progress = [&](const IngestProgress& state) {
        if (seen.empty()) is_read.happens();  // told by the reader: no chunk is done before
        if (state.documents == 0 && state.fraction > 0) is_told_between.happens();
        seen.push_back(state);
    };
    // Who is told at this moment is not told of the next one: there are more chunks to tell of.
    script().before_vectors = [&, first = true]() mutable {
        if (std::exchange(first, false)) {
            EXPECT_TRUE(is_read.comes());
            return;
        }
        (void)is_told_between.comes(std::chrono::milliseconds(100));
    };
    output_.progress_every = {};
    const Status status = run_ingest(*pipeline_, 2, std::vector{file}, output_, options, report_);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_TRUE(report_.failed.empty()) << report_.failed.front().error.message();
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen.front().bytes_read, file.bytes);
    EXPECT_EQ(seen.front().fraction, 0);
    EXPECT_GT(seen[1].fraction, 0);
    EXPECT_LT(seen[1].fraction, 1);
    EXPECT_EQ(seen[1].documents, 0U);
    for (std::size_t i = 1; i < seen.size(); ++i)
        EXPECT_GE(seen[i].fraction, seen[i - 1].fraction) << i;
    EXPECT_EQ(seen.back().fraction, 1);
    EXPECT_EQ(seen.back().documents, 1U);
}

}  // namespace
}  // namespace lectern
