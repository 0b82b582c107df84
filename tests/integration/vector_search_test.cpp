// Searches with a vector in place of the text's, through the public header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "tests/support/test_folder.hpp"

namespace {

using lectern::Code;
using lectern::Collection;
using lectern::DocumentInput;
using lectern::SearchMode;
using lectern::SearchOptions;
using testing::HasSubstr;

const std::vector<DocumentInput> documents{
    {"tides", "Tides", "The moon raises the tides of the sea.", R"({"year": 2019})"},
    {"bread", "Bread", "Yeast makes the dough of bread rise.", R"({"year": 2021})"},
    {"light", "Light", "A lighthouse warns ships of the rocks near the coast.", ""}};
const std::string question = "What moves the ocean?";

class VectorSearchTest : public testing::Test {
 protected:
    void SetUp() override {
        lectern::OpenOptions options;
        options.pipeline = "search-only";
        auto opened = Collection::open(home.path() / "collection", options);
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        collection.emplace(std::move(*opened));
        ASSERT_TRUE(collection->ingest_documents(documents).ok());
    }
    void TearDown() override { collection.reset(); }

    [[nodiscard]] std::vector<float> vector_of(const std::string& text) const {
        auto made = collection->embed({&text, 1}, lectern::EmbedAs::query);
        EXPECT_TRUE(made.ok()) << made.status().message();
        EXPECT_EQ(made->dimension, collection->stats()->dimension);
        return made->values;
    }
    [[nodiscard]] lectern::SearchResult search(const std::string& text,
                                               const SearchOptions& options) const {
        auto result = collection->search(text, options);
        EXPECT_TRUE(result.ok()) << result.status().message();
        return result.ok() ? std::move(*result) : lectern::SearchResult{};
    }

    lectern::TestFolder home;
    std::optional<Collection> collection;
};

void expect_same(const lectern::SearchResult& a, const lectern::SearchResult& b) {
    ASSERT_EQ(a.hits.size(), b.hits.size());
    for (std::size_t i = 0; i < a.hits.size(); ++i) {
        EXPECT_EQ(a.hits[i].document, b.hits[i].document);
        EXPECT_FLOAT_EQ(a.hits[i].score, b.hits[i].score);
        EXPECT_EQ(a.hits[i].lexical_score, b.hits[i].lexical_score);
    }
}

TEST_F(VectorSearchTest, ATextsVectorFindsWhatTheTextFinds) {
    const std::vector<float> vector = vector_of(question);
    const auto dense = search("", {.vector = vector});
    ASSERT_FALSE(dense.hits.empty());
    EXPECT_EQ(dense.hits.front().document, "tides");
    EXPECT_FALSE(dense.hits.front().lexical_score);
    expect_same(dense, search(question, {.mode = SearchMode::dense}));
    for (const auto& stage : dense.timing.stages)
        EXPECT_NE(stage.stage, "vectors") << "nothing is embedded";
    // With its words beside it, it is the same hybrid search.
    expect_same(search(question, {.mode = SearchMode::hybrid, .vector = vector}),
                search(question, {.mode = SearchMode::hybrid}));
}

TEST_F(VectorSearchTest, MeaningAndWordsMayDiffer) {
    SearchOptions options;
    options.mode = SearchMode::hybrid;
    options.vector = vector_of(question);
    options.weight = 1;
    EXPECT_EQ(search("yeast", options).hits.front().document, "tides");
    options.weight = 0;
    EXPECT_EQ(search("yeast", options).hits.front().document, "bread");
}

TEST_F(VectorSearchTest, ItsLengthChangesNoOrderAndFiltersApply) {
    std::vector<float> vector = vector_of(question);
    const auto before = search("", {.vector = vector});
    for (float& value : vector) value *= 1000;
    const auto after = search("", {.vector = vector});
    ASSERT_EQ(after.hits.size(), before.hits.size());
    for (std::size_t i = 0; i < after.hits.size(); ++i)
        EXPECT_EQ(after.hits[i].document, before.hits[i].document);
    const auto late = search("", {.filter = "year > 2020", .vector = vector});
    ASSERT_EQ(late.hits.size(), 1U);
    EXPECT_EQ(late.hits.front().document, "bread");
}

TEST_F(VectorSearchTest, WrongVectorsSayWhatIsWrong) {
    const std::vector<float> vector = vector_of(question);
    const auto with = [&vector](std::size_t at, float value) {
        std::vector<float> out = vector;
        out[at] = value;
        return out;
    };
    SearchOptions lexical{.mode = SearchMode::lexical, .vector = vector};
    SearchOptions hybrid{.mode = SearchMode::hybrid, .vector = vector};
    const struct {
        std::string text;
        SearchOptions options;
        const char* says;
    } cases[] = {
        {"", {.vector = {1, 2, 3}}, "the vector has 3 numbers; the collection's vectors have "},
        {"", {.vector = with(5, std::numeric_limits<float>::quiet_NaN())}, "at position 5"},
        {"", {.vector = with(0, std::numeric_limits<float>::infinity())}, "at position 0"},
        {"", {.vector = with(0, 3e38F)}, "too large"},
        {"", {.vector = std::vector<float>(vector.size(), 0.0F)}, "the vector is 0"},
        {"", lexical, "lexical search needs a text"},
        {"", hybrid, "hybrid search needs a text"},
        {"ocean", lexical, "uses no vector"},
        {"", {}, "the query is empty"},
        {"ocean", {.candidates = 0}, "candidates is 0"},
        {"ocean", {.weight = 7}, "weight is 7; it must be"},
        {"ocean", {.feedback = -0.1}, "feedback is -0.1; it must be"},
    };
    for (const auto& each : cases) {
        const auto result = collection->search(each.text, each.options);
        ASSERT_FALSE(result.ok()) << each.says;
        EXPECT_EQ(result.status().code(), Code::invalid_argument);
        EXPECT_THAT(result.status().message(), HasSubstr(each.says));
    }
}

}  // namespace
