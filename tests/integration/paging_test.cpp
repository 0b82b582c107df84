// Pages of hits through the public header: whatever the search, they are pieces of one list.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "tests/support/test_folder.hpp"

namespace {

using lectern::Collection;
using lectern::DocumentInput;
using lectern::Fusion;
using lectern::Hit;
using lectern::SearchMode;
using lectern::SearchOptions;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t documents = 60;

// Every third has the same text, so that scores are equal; some have several chunks.
std::vector<DocumentInput> corpus() {
    std::vector<DocumentInput> out;
    for (std::size_t i = 0; i < documents; ++i) {
        std::string text = i % 3 == 0 ? "Tides are raised by the moon."
                                      : "Tide number " + std::to_string(i) +
                                            " was raised by the moon and by the sun.";
        if (i % 5 == 0)
            for (int more = 0; more < 40; ++more)
                text += " The sea rises and falls with the moon on every coast of the ocean.";
        out.push_back({"d" + std::to_string(i), "", text,
                       "{\"year\": " + std::to_string(1900 + i % 7) + "}"});
    }
    return out;
}

class PagingTest : public testing::Test {
 protected:
    // One for all tests: they only read.
    static void SetUpTestSuite() {
        home = new lectern::TestFolder;
        lectern::OpenOptions options;
        options.pipeline = "search-only";
        auto opened = Collection::open(home->path() / "collection", options);
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        collection = new Collection(std::move(*opened));
        const auto report = collection->ingest_documents(corpus());
        ASSERT_TRUE(report.ok()) << report.status().message();
        ASSERT_THAT(report->failed, IsEmpty());
    }
    static void TearDownTestSuite() {
        delete collection;
        delete home;
        collection = nullptr;
        home = nullptr;
    }

    static lectern::SearchResult search(const SearchOptions& options) {
        auto result = collection->search("What raises the tides?", options);
        EXPECT_TRUE(result.ok()) << result.status().message();
        return result.ok() ? std::move(*result) : lectern::SearchResult{};
    }

    static lectern::TestFolder* home;
    static Collection* collection;
};
lectern::TestFolder* PagingTest::home = nullptr;
Collection* PagingTest::collection = nullptr;

std::string name_of(const Hit& hit) {
    return hit.document + ":" + std::to_string(hit.chunk);
}

struct Search {
    const char* what;
    SearchOptions options;
    std::size_t hits;  // that there are; 0: all chunks
};

const std::vector<Search> searches{
    {"hybrid", {}, documents},
    {"dense", {.mode = SearchMode::dense}, documents},
    {"lexical", {.mode = SearchMode::lexical}, documents},
    {"by ranks", {.fusion = Fusion::rrf}, documents},
    {"chunks", {.chunks = true}, 0},
    {"filtered", {.filter = "year >= 1904", .facets = {"year"}}, 24},
    // Deeper rankings than the first have to be asked.
    {"few candidates", {.candidates = 5}, documents},
    {"few dense candidates", {.mode = SearchMode::dense, .candidates = 5}, documents},
    {"few lexical candidates", {.mode = SearchMode::lexical, .candidates = 5}, documents},
    {"few candidates by ranks", {.fusion = Fusion::rrf, .candidates = 5}, documents},
    {"few candidates, chunks", {.chunks = true, .candidates = 5}, 0},
    {"without feedback", {.feedback = 0.0, .candidates = 5}, documents},
};

TEST_F(PagingTest, PagesArePiecesOfOneListThatHasEverythingOnce) {
    for (const Search& each : searches) {
        SCOPED_TRACE(each.what);
        SearchOptions options = each.options;
        options.k = 5;
        std::vector<Hit> list;
        for (;;) {
            options.offset = list.size();
            const auto page = search(options);
            if (page.hits.empty()) break;
            EXPECT_LE(page.hits.size(), options.k);
            if (!options.facets.empty()) {
                ASSERT_EQ(page.facets.size(), 1U);
                std::size_t counted = 0;
                for (const auto& value : page.facets[0].values) counted += value.count;
                EXPECT_EQ(counted, each.hits) << "facets count what passes, not a page";
            }
            list.insert(list.end(), page.hits.begin(), page.hits.end());
            ASSERT_LE(list.size(), 1000U);
        }
        std::set<std::string> once;
        std::set<std::string> seen_documents;
        for (const Hit& hit : list) {
            EXPECT_TRUE(once.insert(name_of(hit)).second) << name_of(hit) << " stands twice";
            seen_documents.insert(hit.document);
        }
        if (each.hits > 0) {
            EXPECT_EQ(seen_documents.size(), each.hits);
        }
        if (!options.chunks) {
            EXPECT_EQ(seen_documents.size(), list.size());
        }
        for (std::size_t i = 1; i < list.size(); ++i) EXPECT_LE(list[i].score, list[i - 1].score);
        // A page that begins within another agrees with it.
        for (const std::size_t offset : {std::size_t{1}, std::size_t{3}, std::size_t{17}}) {
            options.offset = offset;
            const auto page = search(options);
            for (std::size_t i = 0; i < page.hits.size(); ++i)
                EXPECT_EQ(name_of(page.hits[i]), name_of(list[offset + i])) << offset << "+" << i;
        }
    }
}

TEST_F(PagingTest, APageOfNothingIsTheSearchAsItWasWithoutPages) {
    for (const Search& each : searches) {
        SearchOptions options = each.options;
        options.k = 10;
        const auto first = search(options);
        options.k = 1;
        options.offset = 10'000;
        EXPECT_THAT(search(options).hits, IsEmpty()) << each.what;
        EXPECT_EQ(first.hits.size(), 10U) << each.what;
    }
}

TEST_F(PagingTest, PagesOfAnOrderEndWithTheHitsThatAreOrdered) {
    SearchOptions options{.k = 4, .sort = "-year", .candidates = 10};
    std::vector<std::string> years;
    std::set<std::string> once;
    for (;; options.offset += 4) {
        const auto page = search(options);
        if (page.hits.empty()) {
            ASSERT_THAT(page.hints, testing::SizeIs(1));
            EXPECT_THAT(page.hints[0], HasSubstr("the 10 best hits"));
            break;
        }
        for (const Hit& hit : page.hits) {
            years.push_back(hit.metadata);
            EXPECT_TRUE(once.insert(hit.document).second);
        }
    }
    EXPECT_EQ(years.size(), 10U);
    EXPECT_TRUE(std::is_sorted(years.rbegin(), years.rend()));
}

TEST_F(PagingTest, HitsThatScoreLessAreLeftOutBeforePagesAreCut) {
    for (const Search& each : searches) {
        SCOPED_TRACE(each.what);
        SearchOptions options = each.options;
        options.k = 5;
        std::vector<Hit> list;
        for (;; options.offset += options.k) {
            const auto page = search(options);
            if (page.hits.empty()) break;
            list.insert(list.end(), page.hits.begin(), page.hits.end());
        }
        ASSERT_GT(list.size(), 12U);
        // Of a hit that has others on both sides; those that are equal stay.
        const float least = list[12].score;
        options.min_score = least;
        std::vector<Hit> strong;
        for (options.offset = 0;; options.offset += options.k) {
            const auto page = search(options);
            if (page.hits.empty()) break;
            strong.insert(strong.end(), page.hits.begin(), page.hits.end());
        }
        std::erase_if(list, [least](const Hit& hit) { return hit.score < least; });
        ASSERT_EQ(strong.size(), list.size());
        for (std::size_t i = 0; i < list.size(); ++i)
            EXPECT_EQ(name_of(strong[i]), name_of(list[i]));
    }
}

TEST_F(PagingTest, WhatIsOrderedByAFieldScoresEnough) {
    SearchOptions options{.k = 50, .mode = SearchMode::dense, .candidates = 50};
    const float least = search(options).hits[20].score;
    options.sort = "year";
    options.min_score = least;
    const auto result = search(options);
    EXPECT_GE(result.hits.size(), 21U);
    EXPECT_LT(result.hits.size(), 50U);
    for (const Hit& hit : result.hits) EXPECT_GE(hit.score, least);
}

TEST_F(PagingTest, AScoreThatNothingReachesFindsNothing) {
    EXPECT_THAT(search({.min_score = 1e9}).hits, IsEmpty());
    EXPECT_THAT(search({.min_score = -1e9}).hits, testing::SizeIs(10));
}

TEST_F(PagingTest, AnOffsetBeyondTheLimitIsRefused) {
    const auto result = collection->search("tides", {.offset = 10'001});
    EXPECT_EQ(result.status().code(), lectern::Code::invalid_argument);
    EXPECT_THAT(result.status().message(), HasSubstr("offset is 10001; it must be"));
}

}  // namespace
