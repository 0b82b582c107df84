// Filters, facets and sorting through the public header, with the smallest real model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "lectern/lectern.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::DocumentInput;
using lectern::SearchMode;
using lectern::SearchOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

class FiltersTest : public testing::Test {
 protected:
    void SetUp() override {
        lectern::OpenOptions options;
        options.pipeline = "search-only";
        auto opened = Collection::open(folder / "collection", options);
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        collection.emplace(std::move(*opened));
    }
    void TearDown() override { collection.reset(); }

    void store(const std::vector<DocumentInput>& documents) {
        const auto report = collection->ingest_documents(documents);
        ASSERT_TRUE(report.ok()) << report.status().message();
        ASSERT_THAT(report->failed, IsEmpty());
    }
    [[nodiscard]] lectern::SearchResult search(const SearchOptions& options) const {
        auto result = collection->search("How do birds fly?", options);
        EXPECT_TRUE(result.ok()) << result.status().message();
        return result.ok() ? std::move(*result) : lectern::SearchResult{};
    }
    [[nodiscard]] std::vector<std::string> found(const std::string& filter,
                                                 const std::string& sort = "") const {
        std::vector<std::string> out;
        SearchOptions options;
        options.filter = filter;
        options.sort = sort;
        for (const lectern::Hit& hit : search(options).hits) out.push_back(hit.document);
        return out;
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
    std::optional<Collection> collection;
};

const std::vector<DocumentInput> birds{
    {"wings", "Wings", "Birds fly by beating their wings.", R"({"year": 2019, "tags": ["air"]})"},
    {"feathers", "Feathers", "Feathers make the wing light and stiff.",
     R"({"year": 2021, "tags": ["air", "skin"]})"},
    {"penguins", "Penguins", "Penguins are birds that swim.",
     R"({"year": 2020, "tags": ["water"], "source": "x"})"},
    {"tax", "Tax", "Income tax is due in May.", ""}};

TEST_F(FiltersTest, OnlyDocumentsThatPassAreFoundAtOnceAfterEveryChange) {
    store(birds);
    EXPECT_THAT(found("year >= 2020"), UnorderedElementsAre("feathers", "penguins"));
    EXPECT_THAT(found("not year >= 2020"), ElementsAre("wings", "tax"));
    EXPECT_THAT(found("tags in ('water', 'skin') and source = 'x'"), ElementsAre("penguins"));
    EXPECT_THAT(found("year > 3000"), IsEmpty());

    store({{"penguins", "Penguins", "Penguins are birds that swim.", R"({"year": 1999})"}});
    EXPECT_THAT(found("year >= 2020"), ElementsAre("feathers"));
    EXPECT_THAT(found("year = 1999"), ElementsAre("penguins"));
    const std::vector<std::string> gone{"feathers"};
    ASSERT_TRUE(collection->remove(gone).ok());
    EXPECT_THAT(found("year >= 2020"), IsEmpty());
    store({birds[1]});
    EXPECT_THAT(found("year >= 2020"), ElementsAre("feathers"));
    EXPECT_THAT(found("committed > 2020-01-01 and id = 'tax'"), ElementsAre("tax"));
}

TEST_F(FiltersTest, FacetsCountWhatPassesAndSortOrdersTheBest) {
    store(birds);
    SearchOptions options;
    options.k = 1;
    options.filter = "year exists";
    options.facets = {"tags", "colour"};
    const auto result = search(options);
    EXPECT_EQ(result.hits.size(), 1U);
    ASSERT_EQ(result.facets.size(), 2U);
    EXPECT_EQ(result.facets[0].field, "tags");
    std::string counts;
    for (const lectern::FacetValue& value : result.facets[0].values)
        counts += value.value + ":" + std::to_string(value.count) + " ";
    EXPECT_EQ(counts, "air:2 skin:1 water:1 ");
    EXPECT_THAT(result.facets[1].values, IsEmpty());
    EXPECT_THAT(result.hints, ElementsAre(HasSubstr("no document has the field 'colour'")));

    EXPECT_THAT(found("", "year"), ElementsAre("wings", "penguins", "feathers", "tax"));
    EXPECT_THAT(found("", "-year"), ElementsAre("feathers", "penguins", "wings", "tax"));
    options = {};
    options.k = 1;
    options.sort = "-year";
    EXPECT_EQ(search(options).hits.front().document, "feathers");
}

TEST_F(FiltersTest, MistakesAreNamed) {
    store(birds);
    SearchOptions options;
    options.filter = "year >=";
    EXPECT_EQ(collection->search("birds", options).status().message(),
              "filter, column 8: a value is expected, but the filter ends");
    options.filter = "year = 'x'";
    EXPECT_THAT(collection->search("birds", options).status().message(),
                HasSubstr("'year' holds numbers, and 'x' is a string"));
    options.filter = "yaer = 2020";
    EXPECT_THAT(search(options).hints, ElementsAre(HasSubstr("'yaer'")));
    options = {};
    options.sort = "-";
    EXPECT_FALSE(collection->search("birds", options).ok());
}

// Filters of every breadth against the same search without one: the hits that pass, and of one side
// alone in the same order. A hybrid search scales each side over what it has found, which with a
// filter is other hits, so that near-equal ones may change places. Documents come and go meanwhile.
TEST_F(FiltersTest, AgreeWithASearchWithoutThem) {
    std::mt19937 random(5);
    std::vector<DocumentInput> documents;
    const char* words[] = {"bird", "tax", "river", "stone", "music", "train", "bread", "cloud"};
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (int w = 0; w < 6; ++w) text += std::string(words[random() % 8]) + " ";
        documents.push_back(
            {"d" + std::to_string(i), "", text, "{\"n\": " + std::to_string(i % 100) + "}"});
    }
    store(documents);
    std::vector<std::string> gone;
    for (int i = 0; i < 300; i += 7) gone.push_back("d" + std::to_string(i));
    ASSERT_TRUE(collection->remove(gone).ok());
    for (const SearchMode mode : {SearchMode::hybrid, SearchMode::dense, SearchMode::lexical}) {
        SearchOptions options;
        options.k = 300;
        options.mode = mode;
        const auto everything = search(options).hits;
        for (const int below : {0, 1, 10, 50, 99, 100}) {
            options.filter = "n < " + std::to_string(below);
            std::vector<std::string> expected;
            for (const lectern::Hit& hit : everything)
                if (std::stoi(hit.document.substr(1)) % 100 < below)
                    expected.push_back(hit.document);
            std::vector<std::string> documents_found;
            for (const lectern::Hit& hit : search(options).hits)
                documents_found.push_back(hit.document);
            if (mode == SearchMode::hybrid) {
                EXPECT_THAT(documents_found, UnorderedElementsAreArray(expected)) << options.filter;
            } else {
                EXPECT_EQ(documents_found, expected)
                    << options.filter << ", " << lectern::name(mode);
            }
        }
    }
}

TEST_F(FiltersTest, SearchesFilterWhileDocumentsAreWritten) {
    store(birds);
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < 20; ++i) {
            const std::vector<DocumentInput> one{
                {"new" + std::to_string(i % 5), "", "Swallows fly far.", R"({"year": 2030})"}};
            EXPECT_TRUE(collection->ingest_documents(one).ok());
        }
        done = true;
    });
    std::size_t searches = 0;
    do {
        for (const std::string& document : found("year >= 2020"))
            EXPECT_TRUE(document == "feathers" || document == "penguins" ||
                        document.starts_with("new"))
                << document;
        ++searches;
    } while (!done);
    writer.join();
    EXPECT_GT(searches, 0U);
    EXPECT_EQ(found("year = 2030").size(), 5U);
}

}  // namespace
