// Collections of one engine and the same pipeline have its stages, and so its models, once; those
// of pipelines that differ have what is the same once. Two engines share nothing. Through the
// public header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "lectern/lectern.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::Engine;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// What the plugin `counting` says to one engine.
class Heard {
 public:
    [[nodiscard]] lectern::Log log() {
        return [this](lectern::LogLevel, std::string_view source, std::string_view message) {
            if (source != "counting") return;
            const std::lock_guard lock(mutex_);
            said_.emplace_back(message);
        };
    }
    [[nodiscard]] std::vector<std::string> said() const {
        const std::lock_guard lock(mutex_);
        return said_;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> said_;
};

class SharedModelsTest : public testing::Test {
 protected:
    void SetUp() override {
        write_model(1);
        write_pipeline("one", 60);
        engine.emplace(make_engine(heard));
    }
    [[nodiscard]] lectern::Folders folders() const {
        return {.plugins = {LECTERN_COUNTING_PLUGIN},
                .models = {},
                .cache = folder / "cache",
                .pipelines = {}};
    }
    [[nodiscard]] Engine make_engine(Heard& by, unsigned threads = 0) const {
        auto made = Engine::create({.folders = folders(), .threads = threads, .log = by.log()});
        if (!made.ok()) throw std::runtime_error(made.status().message());
        return *made;
    }
    void write_model(unsigned seed) const {
        lectern::test::write_word_vectors(folder / "words.vec", 200, 8, seed, {"moon", "tides"});
    }
    // `more`: how it searches and answers.
    void write_pipeline(const std::string& name, unsigned chunk_tokens,
                        const std::string& more = "") const {
        std::ofstream(folder / (name + ".yaml"))
            << "version: 1\npipeline: " << name
            << "\nstages:\n  text: {plugin: documents, stage: text}\n  counted: {plugin: "
               "counting, stage: counting}\n"
               "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: "
            << chunk_tokens
            << "}}\n  tokens: {plugin: words}\n"
               "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
               "  evidence: {plugin: passages, stage: reader}\n"
               "  writer: {plugin: counting, stage: writer}\n"
               "ingest: [source, text, counted, chunks, tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search, evidence, writer, verify]\n"
            << more;
    }
    // `pipeline`: "" for the one that the collection was made with.
    [[nodiscard]] lectern::Result<Collection> open(const std::string& name,
                                                   const std::string& pipeline) const {
        return open(*engine, name, pipeline);
    }
    [[nodiscard]] lectern::Result<Collection> open(const Engine& with, const std::string& name,
                                                   const std::string& pipeline) const {
        return with.open(folder / name, {.pipeline = pipeline.empty() ? "" : file_of(pipeline)});
    }
    [[nodiscard]] std::string file_of(const std::string& pipeline) const {
        return (folder / (pipeline + ".yaml")).string();
    }
    [[nodiscard]] std::vector<std::string> said() const { return heard.said(); }
    static void store_and_find(Collection& collection, const std::string& id) {
        const std::vector<lectern::DocumentInput> documents{{id, "", "moon tides", ""}};
        ASSERT_TRUE(collection.ingest_documents(documents).ok());
        const auto found = collection.search("tides");
        ASSERT_TRUE(found.ok()) << found.status().message();
        ASSERT_EQ(found->hits.size(), 1U);
        EXPECT_EQ(found->hits.front().document, id);
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
    Heard heard;
    std::optional<Engine> engine;  // a log outlives its engine
};

TEST_F(SharedModelsTest, TenCollectionsOfOnePipelineMakeItsStagesOnce) {
    {
        std::vector<Collection> open_ones;
        for (int i = 0; i < 10; ++i) {
            const std::string name = "c" + std::to_string(i);
            auto opened = open(name, "one");
            ASSERT_TRUE(opened.ok()) << opened.status().message();
            store_and_find(*opened, name);
            open_ones.push_back(std::move(*opened));
        }
        // One that is there already, by the pipeline it keeps.
        open_ones.erase(open_ones.begin());
        auto again = open("c0", "");
        ASSERT_TRUE(again.ok()) << again.status().message();
        EXPECT_THAT(said(), ElementsAre("made"));
        // Whichever goes first, the others are served.
        open_ones.erase(open_ones.begin(), open_ones.end() - 1);
        store_and_find(open_ones.back(), "c9");
    }
    EXPECT_THAT(said(), ElementsAre("made", "ended"));
}

TEST_F(SharedModelsTest, OpenedAtOnceTheyAreMadeOnce) {
    std::vector<std::optional<Collection>> opened(4);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < opened.size(); ++i)
            threads.emplace_back([this, i, &opened] {
                auto one = open("c" + std::to_string(i), "one");
                ASSERT_TRUE(one.ok()) << one.status().message();
                opened[i] = std::move(*one);
            });
    }
    for (const auto& one : opened) ASSERT_TRUE(one);
    EXPECT_THAT(said(), ElementsAre("made"));
}

TEST_F(SharedModelsTest, PipelinesThatSearchAndAnswerInOtherWaysHaveTheirStagesOnce) {
    write_pipeline("two", 60, "search: {mode: dense, candidates: 20}\n");
    write_pipeline("three", 70, "answer: {passages: 2}\n");
    const std::vector<lectern::Message> messages{{lectern::Role::user, "tides?"}};
    {
        std::vector<Collection> open_ones;
        for (const char* name : {"one", "two", "three"}) {
            auto opened = open(name, name);
            ASSERT_TRUE(opened.ok()) << opened.status().message();
            store_and_find(*opened, name);
            const auto written = opened->generate(messages, {});
            ASSERT_TRUE(written.ok()) << written.status().message();
            EXPECT_EQ(written->text, "Tides.");
            open_ones.push_back(std::move(*opened));
        }
        EXPECT_THAT(said(), ElementsAre("made", "writer made"));
        // The one that made them goes first.
        open_ones.erase(open_ones.begin(), open_ones.end() - 1);
        store_and_find(open_ones.back(), "three");
        EXPECT_TRUE(open_ones.back().generate(messages, {}).ok());
        EXPECT_THAT(said(), ElementsAre("made", "writer made"));
    }
    EXPECT_THAT(said(), UnorderedElementsAre("made", "writer made", "ended", "writer ended"));
}

TEST_F(SharedModelsTest, AChangedModelIsAnotherAndSoIsWhatStandsBesideIt) {
    auto first = open("c1", "one");
    ASSERT_TRUE(first.ok()) << first.status().message();
    EXPECT_THAT(said(), ElementsAre("made"));
    // The same text, but not the same vectors.
    write_model(2);
    auto second = open("c2", "one");
    ASSERT_TRUE(second.ok()) << second.status().message();
    EXPECT_NE(second->stats()->fingerprint, first->stats()->fingerprint);
    EXPECT_THAT(said(), ElementsAre("made", "made"));
}

TEST_F(SharedModelsTest, AFailedOpenLeavesNothing) {
    fs::rename(folder / "words.vec", folder / "away.vec");
    EXPECT_FALSE(open("c1", "one").ok());
    fs::rename(folder / "away.vec", folder / "words.vec");
    auto opened = open("c1", "one");
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    store_and_find(*opened, "a");
}

TEST_F(SharedModelsTest, TwoEnginesShareNeitherModelsNorLogs) {
    Heard heard_by_other;
    const Engine other = make_engine(heard_by_other);
    auto mine = open("c1", "one");
    ASSERT_TRUE(mine.ok()) << mine.status().message();
    EXPECT_THAT(said(), ElementsAre("made"));
    EXPECT_THAT(heard_by_other.said(), IsEmpty());
    auto theirs = open(other, "c2", "one");
    ASSERT_TRUE(theirs.ok()) << theirs.status().message();
    EXPECT_THAT(said(), ElementsAre("made"));
    EXPECT_THAT(heard_by_other.said(), ElementsAre("made"));
    // Each ends what is its own.
    { const Collection last = std::move(*mine); }
    engine.reset();
    EXPECT_THAT(said(), ElementsAre("made", "ended"));
    store_and_find(*theirs, "a");
    { const Collection last = std::move(*theirs); }
    EXPECT_THAT(heard_by_other.said(), ElementsAre("made", "ended"));
    EXPECT_THAT(said(), ElementsAre("made", "ended"));
}

TEST_F(SharedModelsTest, EachEngineHasItsOwnThreads) {
    Heard heard_by_other;
    const Engine one = make_engine(heard_by_other, 1);
    const Engine three = make_engine(heard, 3);
    std::ofstream(folder / "threads.yaml")
        << "version: 1\npipeline: threads\nthreads: 2\nstages:\n"
           "  text: {plugin: documents, stage: text}\n"
           "  counted: {plugin: counting, stage: threads}\n"
           "  chunks: {plugin: passages, stage: splitter}\n  tokens: {plugin: words}\n"
           "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
           "ingest: [source, text, counted, chunks, tokens, vectors, commit]\n"
           "query: [query, tokens, vectors, search]\n";
    auto first = open(one, "c1", "threads");
    ASSERT_TRUE(first.ok()) << first.status().message();
    EXPECT_THAT(heard_by_other.said(), ElementsAre("1 threads"));
    auto second = open(three, "c2", "threads");
    ASSERT_TRUE(second.ok()) << second.status().message();
    EXPECT_THAT(said(), ElementsAre("3 threads"));
    store_and_find(*first, "a");
    store_and_find(*second, "a");
    // Without a number of its own: what the pipeline says that is loaded first.
    Heard heard_by_third;
    const Engine third = make_engine(heard_by_third);
    auto last = open(third, "c3", "threads");
    ASSERT_TRUE(last.ok()) << last.status().message();
    EXPECT_THAT(heard_by_third.said(), ElementsAre("2 threads"));
    EXPECT_EQ(Engine::create({.threads = 1025}).status().code(), lectern::Code::invalid_argument);
}

TEST_F(SharedModelsTest, ACollectionThatIsOpenedAloneHasAnEngineOfItsOwn) {
    Heard first_heard;
    Heard second_heard;
    const auto alone = [&](const std::string& name, Heard& by) {
        lectern::OpenOptions options;
        options.pipeline = file_of("one");
        options.folders = folders();
        options.log = by.log();
        return Collection::open(folder / name, options);
    };
    auto first = alone("c1", first_heard);
    ASSERT_TRUE(first.ok()) << first.status().message();
    auto second = alone("c2", second_heard);
    ASSERT_TRUE(second.ok()) << second.status().message();
    EXPECT_THAT(first_heard.said(), ElementsAre("made"));
    EXPECT_THAT(second_heard.said(), ElementsAre("made"));
}

TEST_F(SharedModelsTest, ACollectionKeepsItsEngine) {
    auto opened = open("c1", "one");
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    engine.reset();
    store_and_find(*opened, "a");
    { const Collection last = std::move(*opened); }
    EXPECT_THAT(said(), ElementsAre("made", "ended"));
}

TEST_F(SharedModelsTest, AnEngineListsItsPluginsAndFolders) {
    const auto plugins = engine->plugins();
    ASSERT_TRUE(plugins.ok()) << plugins.status().message();
    EXPECT_THAT(*plugins,
                testing::Contains(testing::Field(&lectern::PluginInfo::name, "counting")));
    EXPECT_EQ(engine->folders().cache, folder / "cache");
    EXPECT_THAT(engine->folders().plugins, testing::Contains(fs::path(LECTERN_COUNTING_PLUGIN)));
}

}  // namespace
