// The dataflow alone, with a collection that the test plays.
#include "engine/ingest/ingest.hpp"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <string>

#include "lectern/plugin.hpp"

namespace {

using lectern::plugin::Call;
using lectern::plugin::Config;
using lectern::plugin::Document;
using lectern::plugin::DocumentSink;
using lectern::plugin::stage;

std::function<void()>& between_the_two() {
    static std::function<void()> called;
    return called;
}

class Twice : public lectern::plugin::Extractor {
 public:
    explicit Twice(const Config&) {}
    [[nodiscard]] unsigned fits(std::string_view, std::string_view) const override { return 100; }
    void extract(const Call&, const lectern::plugin::Source&,
                 const DocumentSink& sink) const override {
        sink.document({.id = "note", .text = "changed"});
        between_the_two()();
        sink.document({.id = "note", .text = "as it was"});
    }
};

class Whole : public lectern::plugin::Splitter {
 public:
    explicit Whole(const Config&) {}
    void split(const Call&, const Document& document,
               const lectern::plugin::ChunkSink& sink) const override {
        sink.chunk(0, document.text.size(), 1);
    }
};

}  // namespace

LECTERN_PLUGIN("played", "1.0.0", "A document that comes twice", "Apache-2.0",
               stage<Twice>("twice", "One id, two texts"), stage<Whole>("whole", "One chunk"))

namespace lectern {
namespace {

// Of an event that does not come, the test is to say so and not to hang.
bool comes(std::future<void>& event) {
    return event.wait_for(std::chrono::minutes(1)) == std::future_status::ready;
}

// What comes later counts, also when it is what the collection has while an earlier one is written.
TEST(Ingest, TheLaterOfOneIdStaysWhenItComesWhileTheOtherIsWritten) {
    // The commit waits in one thread for what another one does, on a machine with one core, too.
    const oneapi::tbb::global_control two(oneapi::tbb::global_control::max_allowed_parallelism, 2);
    auto host = host::PluginHost::open({.entries = {&lectern_plugin_entry}, .threads = 2});
    ASSERT_TRUE(host.ok()) << host.status().message();
    const auto models = std::make_shared<ModelRegistry>(std::move(*host), 2);
    auto config = config::parse_pipeline(
        "version: 1\npipeline: played\nstages:\n"
        "  twice: {plugin: played, stage: twice}\n"
        "  whole: {plugin: played, stage: whole}\n"
        "ingest: [source, twice, whole, commit]\nquery: [query, search]\n",
        "played.yaml");
    ASSERT_TRUE(config.ok()) << config.status().message();
    const auto pipeline = models->pipeline(std::move(*config));
    ASSERT_TRUE(pipeline.ok()) << pipeline.status().message();

    std::mutex mutex;
    std::string stored = "as it was";
    bool writing = false;
    bool asked = false;
    std::promise<void> write_begins;
    std::promise<void> second_is_asked_about;
    std::future<void> begins = write_begins.get_future();
    std::future<void> is_asked_about = second_is_asked_about.get_future();
    between_the_two() = [&] { EXPECT_TRUE(comes(begins)); };
    IngestOutput output;
    output.decide = [&](const storage::PutDocument& document) -> Result<Decision> {
        const std::lock_guard lock(mutex);
        const bool same = document.text == stored;
        if (same && !std::exchange(asked, true)) second_is_asked_about.set_value();
        return same ? Decision::unchanged : Decision::store;
    };
    output.exists = [](std::string_view) { return true; };
    output.commit = [&](storage::WriteGroup group) -> Status {
        if (!std::exchange(writing, true)) {
            write_begins.set_value();
            EXPECT_TRUE(comes(is_asked_about));
        }
        const std::lock_guard lock(mutex);
        for (const storage::PutDocument& document : group.puts) stored = document.text;
        return {};
    };
    IngestReport report;
    const Status status =
        run_ingest(**pipeline, 2, NamedBytes{"notes.txt", "any"}, output, {}, report);
    between_the_two() = {};
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(stored, "as it was");
    EXPECT_EQ(report.documents, 2U);
    EXPECT_EQ(report.skipped, 0U);
}

}  // namespace
}  // namespace lectern
