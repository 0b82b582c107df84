// Writers, searches and reads of one collection at the same time, through the public header: what
// was acknowledged before a search began is in it, and what was removed before is not, whichever
// index answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::SearchMode;
using ::testing::HasSubstr;

constexpr unsigned writers = 3;
constexpr unsigned readers = 2;
constexpr unsigned names_each = 15;  // documents of one writer
constexpr unsigned operations = 70;  // of one writer
constexpr std::array modes{SearchMode::dense, SearchMode::lexical, SearchMode::hybrid};
// More than there ever are: a search without a chance to leave one out.
constexpr std::size_t everything = 1000;
// In every document, and in the word vectors.
constexpr const char* common = "encoder reads the words";

using Version = std::optional<unsigned>;  // nothing: there is no such document

// What was acknowledged of each document, and what is being changed.
class Table {
 public:
    struct Row {
        Version version;
        unsigned changes = 0;
        bool in_flight = false;
        friend bool operator==(const Row&, const Row&) = default;
    };
    using Rows = std::map<std::string, Row>;

    void begin(const std::string& id) {
        const std::lock_guard lock(mutex_);
        Row& row = rows_[id];
        row.in_flight = true;
        row.changes += 1;
    }
    void acknowledge(const std::string& id, Version version) {
        const std::lock_guard lock(mutex_);
        rows_[id].version = version;
        rows_[id].in_flight = false;
    }
    [[nodiscard]] Rows rows() const {
        const std::lock_guard lock(mutex_);
        return rows_;
    }

 private:
    mutable std::mutex mutex_;
    Rows rows_;
};

// A word that only this version has.
std::string own_word(const std::string& id, unsigned version) {
    return id + "v" + std::to_string(version);
}

class ConcurrentTest : public testing::Test {
 protected:
    void SetUp() override {
        // Segments of few rows, so that they are sealed, merged and dropped all the time.
        std::ofstream pipeline(folder / "tiny.yaml");
        pipeline << "version: 1\npipeline: tiny\nstages:\n"
                    "  text: {plugin: documents, stage: text}\n"
                    "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 60}}\n"
                    "  tokens: {plugin: words}\n"
                    "  vectors: {plugin: word2vec, options: {model: "
                 << (fs::path(LECTERN_SOURCE_DIR) / "tests/format/v1/word2vec.bin").string()
                 << "}}\n"
                    "ingest: [source, text, chunks, tokens, vectors, commit]\n"
                    "query: [query, tokens, vectors, search]\n"
                    "search: {seal_at: 40}\n";
        pipeline.close();
        lectern::OpenOptions options;
        options.pipeline = (folder / "tiny.yaml").string();
        options.folders.cache = folder / "cache";
        auto opened = Collection::open(folder / "collection", std::move(options));
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        collection.emplace(std::move(*opened));
    }
    void TearDown() override { collection.reset(); }

    // The version of each document that a search finds. Every hit must be of one piece.
    [[nodiscard]] std::map<std::string, unsigned> find(const std::string& text, SearchMode mode) {
        std::map<std::string, unsigned> found;
        const auto result = collection->search(text, {.k = everything, .mode = mode});
        EXPECT_TRUE(result.ok()) << result.status().message();
        if (!result.ok()) return found;
        for (const lectern::Hit& hit : result->hits) {
            const std::size_t at = hit.document.size() + 1;
            EXPECT_EQ(hit.title.substr(0, at), hit.document + "v");
            EXPECT_THAT(hit.text, HasSubstr(hit.title + " ")) << "text and title of two versions";
            EXPECT_EQ(hit.metadata, R"({"version":")" + hit.title + R"("})");
            const auto version = static_cast<unsigned>(std::stoul("0" + hit.title.substr(at)));
            EXPECT_TRUE(found.emplace(hit.document, version).second) << hit.document << " twice";
        }
        return found;
    }
    // In all modes there is this version of the document and no other.
    void expect_found(const std::string& id, Version version, Version before) {
        for (const SearchMode mode : modes) {
            const auto found = find(common, mode);
            const auto hit = found.find(id);
            EXPECT_EQ(hit == found.end() ? Version() : Version(hit->second), version)
                << id << ", " << lectern::name(mode);
        }
        if (version) {
            EXPECT_EQ(find(own_word(id, *version), SearchMode::lexical),
                      (std::map<std::string, unsigned>{{id, *version}}));
        }
        if (before) {
            EXPECT_TRUE(find(own_word(id, *before), SearchMode::lexical).empty())
                << "the word of an old version finds something";
        }
        const auto document = collection->get(id);
        EXPECT_EQ(document.ok(), version.has_value()) << id;
        if (document.ok() && version) {
            EXPECT_EQ(document->title, own_word(id, *version));
        }
    }

    void put(const std::string& id, unsigned version, std::size_t sentences) {
        const std::string word = own_word(id, version);
        lectern::DocumentInput input{id, word, "", R"({"version":")" + word + R"("})"};
        for (std::size_t i = 0; i < sentences; ++i)
            input.text += word + " is what an " + common + " of. ";
        const auto report = collection->ingest_documents({&input, 1});
        ASSERT_TRUE(report.ok()) << report.status().message();
        ASSERT_TRUE(report->failed.empty()) << report->failed.front().error.message();
    }

    // New documents, new versions and removals, each looked for when it is acknowledged.
    void write(unsigned writer) {
        std::mt19937 random(writer);
        std::map<std::string, Version> mine;
        for (unsigned operation = 1; operation <= operations && !HasFailure(); ++operation) {
            const std::string id =
                "w" + std::to_string(writer) + "d" + std::to_string(random() % names_each);
            const Version before = mine[id];
            const Version after = before && random() % 3 == 0 ? Version() : Version(operation);
            table.begin(id);
            if (after) {
                put(id, *after, 1 + random() % 20);
            } else {
                const auto removed = collection->remove({&id, 1});
                ASSERT_TRUE(removed.ok()) << removed.status().message();
                EXPECT_EQ(*removed, 1U);
            }
            table.acknowledge(id, after);
            mine[id] = after;
            expect_found(id, after, before);
            if (operation % 25 == 0) {
                EXPECT_TRUE(collection->flush().ok());
                const auto stats = collection->stats();
                if (stats.ok() && stats->vector_segments > 0) sealed = true;
            }
        }
    }

    // What nobody touched while the search went on must be in it as it was acknowledged.
    void read(unsigned reader) {
        for (unsigned i = reader; working && !HasFailure(); ++i) {
            const SearchMode mode = modes[i % modes.size()];
            const Table::Rows before = table.rows();
            const auto found = find(common, mode);
            const Table::Rows after = table.rows();
            for (const auto& [id, row] : before) {
                if (row.in_flight || after.at(id) != row) continue;
                const auto hit = found.find(id);
                EXPECT_EQ(hit == found.end() ? Version() : Version(hit->second), row.version)
                    << id << ", " << lectern::name(mode);
                ++compared;
            }
        }
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
    std::optional<Collection> collection;
    Table table;
    std::atomic<bool> working = true;
    std::atomic<std::uint64_t> compared = 0;
    std::atomic<bool> sealed = false;  // there was a segment at some flush
};

TEST_F(ConcurrentTest, WhatIsAcknowledgedIsInTheNextSearchOfEveryThread) {
    std::vector<std::thread> reading;
    for (unsigned reader = 0; reader < readers; ++reader)
        reading.emplace_back([this, reader] { read(reader); });
    std::vector<std::thread> writing;
    for (unsigned writer = 0; writer < writers; ++writer)
        writing.emplace_back([this, writer] { write(writer); });
    for (std::thread& thread : writing) thread.join();
    working = false;
    for (std::thread& thread : reading) thread.join();
    ASSERT_FALSE(HasFailure());
    EXPECT_GT(compared, 0U);

    // And when all is quiet.
    std::map<std::string, unsigned> expected;
    for (const auto& [id, row] : table.rows())
        if (row.version) expected[id] = *row.version;
    EXPECT_GT(expected.size(), 0U);
    for (const SearchMode mode : modes)
        EXPECT_EQ(find(common, mode), expected) << lectern::name(mode);
    const auto stats = collection->stats();
    ASSERT_TRUE(stats.ok());
    EXPECT_EQ(stats->documents, expected.size());
    EXPECT_TRUE(sealed) << "the test is to meet sealed segments too";
    collection.reset();
    const auto verified = Collection::verify(folder / "collection");
    ASSERT_TRUE(verified.ok()) << verified.status().message();
    EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
}

}  // namespace
