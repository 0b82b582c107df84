// Collections of every released on-disk format open, say what they said, and check out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using ::testing::HasSubstr;

struct Released {
    const char* folder;
    std::uint64_t documents;
    std::uint64_t sequence;
    const char* collection_id;
    const char* fingerprint;
    bool postings;  // whether it has a lexical index
};

// What the version that made the collection printed.
constexpr Released v1{
    "v1", 16, 5, "38a8321e3436c0e425ed90dc2191e79d", "word2vec:b686141d96310d6d:sif:0.001:common",
    false};
constexpr Released v2{
    "v2", 17, 4, "0063b1dc31c9621b8b5fd3ae862f0941", "word2vec:b686141d96310d6d:sif:0.001:common",
    true};

class FormatTest : public testing::TestWithParam<Released> {
 protected:
    void SetUp() override {
        fs::copy(fs::path(LECTERN_SOURCE_DIR) / "tests/format" / GetParam().folder, folder,
                 fs::copy_options::recursive);
    }
    [[nodiscard]] lectern::Result<Collection> open(bool load_models) const {
        lectern::OpenOptions options;
        options.create = false;
        options.load_models = load_models;
        if (load_models) options.pipeline = folder / "tiny.yaml";
        options.folders.cache = folder / "cache";
        return Collection::open(folder / "collection", options);
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_P(FormatTest, SaysWhatItSaid) {
    const auto collection = open(false);
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto stats = collection->stats();
    ASSERT_TRUE(stats.ok()) << stats.status().message();
    EXPECT_EQ(stats->documents, GetParam().documents);
    EXPECT_EQ(stats->sequence, GetParam().sequence);
    EXPECT_EQ(stats->collection_id, GetParam().collection_id);
    EXPECT_EQ(stats->fingerprint, GetParam().fingerprint);
    EXPECT_EQ(stats->dimension, 8U);
    EXPECT_EQ(stats->pipeline, "tiny");

    const auto note = collection->get("samples/note.txt");
    ASSERT_TRUE(note.ok()) << note.status().message();
    EXPECT_THAT(note->text, HasSubstr("The note as it stays"));
    EXPECT_FALSE(collection->get("samples/bm25.md").ok());
    EXPECT_FALSE(collection->get("samples/word2vec.md").ok());
    const auto paper = collection->get("devlin-2019");
    ASSERT_TRUE(paper.ok()) << paper.status().message();
    EXPECT_EQ(paper->metadata, R"({"year":2019,"topic":"encoders"})");
}

TEST_P(FormatTest, ChecksOutBeforeAndAfterItIsOpened) {
    std::vector<std::string> noted;
    const auto verified = [&] {
        const auto report = Collection::verify(folder / "collection");
        ASSERT_TRUE(report.ok()) << report.status().message();
        for (const lectern::Finding& finding : report->findings)
            ADD_FAILURE() << finding.where << ": " << finding.what;
        EXPECT_EQ(report->documents, GetParam().documents);
        EXPECT_EQ(report->vectors, report->chunks);
        noted.clear();
        for (const lectern::Finding& note : report->notes)
            noted.push_back(note.where + ": " + note.what);
    };
    verified();
    // What opening it to write will do.
    EXPECT_THAT(noted,
                ::testing::Contains(HasSubstr("format: the collection has on-disk format ")));
    if (!GetParam().postings) {
        EXPECT_THAT(noted, ::testing::Contains(
                               HasSubstr("column postings: they were not looked at: format 1")));
    }
    EXPECT_EQ(noted.size(), GetParam().postings ? 1U : 2U);
    ASSERT_TRUE(open(true).ok());
    verified();
    EXPECT_THAT(noted, ::testing::IsEmpty());
}

TEST_P(FormatTest, FindsWhatItFound) {
    const auto collection = open(true);
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto best = [&](const char* query) {
        const auto found = collection->search(query, {.k = 3});
        EXPECT_TRUE(found.ok()) << found.status().message();
        std::vector<std::string> documents;
        if (found.ok())
            for (const lectern::Hit& hit : found->hits) documents.push_back(hit.document);
        return documents;
    };
    // What the version that made the collection found first, by vectors alone.
    EXPECT_THAT(best("why is BERT not GPT"), ::testing::Contains("samples/gpt.md"));
    EXPECT_THAT(best("character n-grams of a word"), ::testing::Contains("samples/fasttext.html"));
}

TEST_P(FormatTest, TakesNewDocuments) {
    {
        auto collection = open(true);
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        const std::vector<lectern::DocumentInput> one{
            {"new", "New", "A word about bidirectional encoders.", ""}};
        const auto report = collection->ingest_documents(one);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_EQ(report->documents, 1U);
    }
    const auto report = Collection::verify(folder / "collection");
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_TRUE(report->findings.empty()) << report->findings.front().what;
    EXPECT_EQ(report->documents, GetParam().documents + 1);
}

// Chunks of before sections have none, and stand beside those that have.
TEST_P(FormatTest, ShowsSectionsOfWhatIsNew) {
    auto collection = open(true);
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto old = collection->get("samples/gpt.md");
    ASSERT_TRUE(old.ok()) << old.status().message();
    ASSERT_FALSE(old->chunks.empty());
    for (const lectern::ChunkRange& chunk : old->chunks) EXPECT_TRUE(chunk.place.empty());
    const std::vector<lectern::DocumentInput> one{
        {"new.md", "", "# New\n\n## Encoders\n\nA word about bidirectional encoders.", ""}};
    ASSERT_TRUE(collection->ingest_documents(one).ok());
    const auto stored = collection->get("new.md");
    ASSERT_TRUE(stored.ok()) << stored.status().message();
    ASSERT_EQ(stored->chunks.size(), 1U);
    EXPECT_EQ(stored->chunks.front().place.section, "New > Encoders");
    EXPECT_TRUE(collection->get("samples/gpt.md")->chunks.front().place.empty());
}

INSTANTIATE_TEST_SUITE_P(Released, FormatTest, testing::Values(v1, v2),
                         [](const auto& each) { return std::string(each.param.folder); });

}  // namespace
