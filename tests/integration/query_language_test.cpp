// What a search takes beside plain words, through the public header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "tests/support/test_folder.hpp"

namespace {

using lectern::Code;
using lectern::Collection;
using lectern::DocumentInput;
using lectern::Hit;
using lectern::SearchMode;
using lectern::SearchOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr SearchMode modes[] = {SearchMode::hybrid, SearchMode::dense, SearchMode::lexical};

Collection open(const lectern::TestFolder& home, const std::string& name,
                const std::vector<DocumentInput>& documents,
                const std::string& pipeline = "search-only") {
    lectern::OpenOptions options;
    options.pipeline = pipeline;
    auto opened = Collection::open(home.path() / name, options);
    EXPECT_TRUE(opened.ok()) << opened.status().message();
    const auto report = opened->ingest_documents(documents);
    EXPECT_TRUE(report.ok()) << report.status().message();
    EXPECT_THAT(report->failed, IsEmpty());
    return std::move(*opened);
}

std::vector<std::string> found(const lectern::Result<lectern::SearchResult>& result) {
    EXPECT_TRUE(result.ok()) << result.status().message();
    std::vector<std::string> out;
    if (!result) return out;
    for (const Hit& hit : result->hits) out.push_back(hit.document);
    return out;
}

class QueryLanguageTest : public testing::Test {
 protected:
    // One for all tests: they only read.
    static void SetUpTestSuite() {
        home = new lectern::TestFolder;
        collection = new Collection(
            open(*home, "one",
                 {{"row", "", "The boundary layer on a wing grows thicker along the flow.",
                   R"({"n": 1})"},
                  {"drag", "", "The boundary layer of a wing makes drag.", R"({"n": 5})"},
                  {"apart", "", "A layer of paint marks the boundary of the field.",
                   R"({"n": [7, 12]})"},
                  {"bread", "", "Yeast makes the dough of bread rise in a warm kitchen.",
                   R"({"n": 20})"},
                  {"loaf", "", "A loaf is baked from dough that rose with yeast.",
                   R"({"n": 1746714878034235397})"}}));
    }
    static void TearDownTestSuite() {
        delete collection;
        delete home;
        collection = nullptr;
        home = nullptr;
    }
    static lectern::TestFolder* home;
    static Collection* collection;
};
lectern::TestFolder* QueryLanguageTest::home = nullptr;
Collection* QueryLanguageTest::collection = nullptr;

TEST_F(QueryLanguageTest, ConditionsHoldHoweverAPassageIsFound) {
    for (const SearchMode mode : modes) {
        SCOPED_TRACE(name(mode));
        const SearchOptions options{.mode = mode};
        EXPECT_THAT(found(collection->search("\"boundary layer\"", options)),
                    UnorderedElementsAre("row", "drag"));
        EXPECT_THAT(found(collection->search("\"boundary layer\" -drag", options)),
                    ElementsAre("row"));
        EXPECT_THAT(found(collection->search("wing -\"boundary layer\"", options)),
                    Not(testing::Contains("row")));
        EXPECT_THAT(found(collection->search("bound* paint", options)),
                    UnorderedElementsAre("row", "drag", "apart"));
        EXPECT_THAT(found(collection->search("dough -bak*", options)),
                    Not(testing::Contains("loaf")));
        // A filter on metadata beside it.
        EXPECT_THAT(
            found(collection->search("\"boundary layer\"", {.filter = "n > 2", .mode = mode})),
            ElementsAre("drag"));
    }
}

TEST_F(QueryLanguageTest, ProseHasNoConditions) {
    const SearchOptions plain{.mode = SearchMode::lexical, .plain = true};
    EXPECT_EQ(found(collection->search("\"layer boundary\" -drag", plain)).size(), 3U);
    EXPECT_THAT(found(collection->search("\"layer boundary\"", {.mode = SearchMode::lexical})),
                IsEmpty());
}

TEST_F(QueryLanguageTest, ExclusionsAloneAreRefused) {
    const auto result = collection->search("-drag");
    EXPECT_EQ(result.status().code(), Code::invalid_argument);
    EXPECT_THAT(result.status().message(), HasSubstr("must not be there"));
}

TEST_F(QueryLanguageTest, HighlightsAreBytesOfTheDocument) {
    for (const SearchMode mode : modes) {
        const auto result = collection->search("paint \"the boundary of\"", {.mode = mode});
        ASSERT_TRUE(result.ok());
        ASSERT_EQ(result->hits.size(), 1U);
        const Hit& hit = result->hits.front();
        const auto document = collection->get(hit.document);
        std::vector<std::string> marked;
        for (const lectern::ByteRange& range : hit.highlights)
            marked.push_back(document->text.substr(range.begin, range.end - range.begin));
        EXPECT_THAT(marked, ElementsAre("paint", "the boundary of"));
    }
    // Found by meaning alone.
    const auto other = collection->search("aircraft", {.k = 1, .mode = SearchMode::dense});
    ASSERT_TRUE(other.ok());
    EXPECT_THAT(other->hits.front().highlights, IsEmpty());
}

TEST_F(QueryLanguageTest, TypingMistakesAreForgivenAndToldOf) {
    const auto result = collection->search("boundery", {.mode = SearchMode::lexical});
    EXPECT_EQ(found(result).size(), 3U);
    EXPECT_THAT(result->hints, ElementsAre(HasSubstr("'boundery'")));
    EXPECT_THAT(
        found(collection->search("boundery", {.mode = SearchMode::lexical, .typos = false})),
        IsEmpty());
    EXPECT_THAT(found(collection->search("yea", {.mode = SearchMode::lexical, .prefix = true})),
                UnorderedElementsAre("bread", "loaf"));
}

TEST_F(QueryLanguageTest, MoreLikeADocument) {
    for (const SearchMode mode : modes) {
        SCOPED_TRACE(name(mode));
        const auto like = found(collection->search("", {.mode = mode, .similar = "bread"}));
        ASSERT_THAT(like, Not(IsEmpty()));
        EXPECT_EQ(like.front(), "loaf");
        EXPECT_THAT(like, Not(testing::Contains("bread")));
        EXPECT_THAT(found(collection->search("-yeast", {.mode = mode, .similar = "bread"})),
                    Not(testing::Contains("loaf")));
    }
    EXPECT_EQ(collection->search("", {.similar = "nothing"}).status().code(), Code::not_found);
    EXPECT_EQ(collection->search("words", {.similar = "bread"}).status().code(),
              Code::invalid_argument);
    EXPECT_EQ(collection->search("", {.vector = {1}, .similar = "bread"}).status().code(),
              Code::invalid_argument);
}

TEST_F(QueryLanguageTest, FacetsHaveRangesAndStatistics) {
    const auto result = collection->search("dough", {.facets = {"n", "n(5, 15)"}});
    ASSERT_TRUE(result.ok()) << result.status().message();
    ASSERT_EQ(result->facets.size(), 2U);
    std::vector<std::string> ranges;
    for (const lectern::FacetValue& value : result->facets[1].values)
        ranges.push_back(value.value + "=" + std::to_string(value.count));
    EXPECT_THAT(ranges, ElementsAre("..5=1", "5..15=2", "15..=2"));
    ASSERT_TRUE(result->facets[0].statistics);
    EXPECT_EQ(result->facets[0].statistics->count, 6U);
    EXPECT_EQ(result->facets[0].statistics->least, "1");
    EXPECT_EQ(result->facets[0].statistics->most, "1746714878034235397");
    const auto wrong = collection->search("dough", {.facets = {"n(5, 1)"}});
    EXPECT_EQ(wrong.status().code(), Code::invalid_argument);
    EXPECT_THAT(wrong.status().message(), HasSubstr("n(5, 1)"));
}

TEST_F(QueryLanguageTest, OneListOfSeveralCollections) {
    const Collection other = open(*home, "two",
                                  {{"oven", "", "The oven bakes a dough of yeast to bread.", ""},
                                   {"sea", "", "The tides of the sea follow the moon.", ""}});
    const Collection* both[] = {collection, &other};
    for (const SearchMode mode : modes) {
        SCOPED_TRACE(name(mode));
        const auto result = lectern::search_all(both, "yeast dough", {.k = 3, .mode = mode});
        ASSERT_TRUE(result.ok()) << result.status().message();
        std::vector<std::pair<std::size_t, std::string>> hits;
        for (const lectern::JointHit& one : result->hits)
            hits.emplace_back(one.collection, one.hit.document);
        EXPECT_THAT(hits, UnorderedElementsAre(std::pair{0U, "bread"}, std::pair{0U, "loaf"},
                                               std::pair{1U, "oven"}));
        EXPECT_TRUE(
            std::is_sorted(result->hits.begin(), result->hits.end(),
                           [](const auto& a, const auto& b) { return a.hit.score > b.hit.score; }));
        const auto second =
            lectern::search_all(both, "yeast dough", {.k = 2, .offset = 1, .mode = mode});
        ASSERT_EQ(second->hits.size(), 2U);
        EXPECT_EQ(second->hits[0].hit.document, result->hits[1].hit.document);
    }
    EXPECT_EQ(lectern::search_all(both, "x", {.facets = {"n"}}).status().code(),
              Code::invalid_argument);
    EXPECT_EQ(lectern::search_all({}, "x").status().code(), Code::invalid_argument);
    const Collection* twice[] = {collection, collection};
    EXPECT_EQ(lectern::search_all(twice, "x").status().code(), Code::invalid_argument);
}

std::string pipeline_with(const lectern::TestFolder& home, const std::string& search) {
    const std::string file = (home.path() / "own.yaml").string();
    std::ofstream(file) << "version: 1\npipeline: own\nstages:\n"
                           "  text: {plugin: documents, stage: text}\n"
                           "  chunks: {plugin: passages, stage: splitter}\n"
                           "  tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}\n"
                           "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
                           "ingest: [source, [text], chunks, tokens, vectors, commit]\n"
                           "query: [query, tokens, vectors, search]\n"
                           "search: "
                        << search << "\n";
    return file;
}

TEST(SynonymsOfAPipeline, AreReadFromItsFile) {
    const lectern::TestFolder home;
    std::ofstream(home.path() / "words.txt") << "car, automobile\n";
    const Collection collection =
        open(home, "c", {{"a", "", "An automobile stood there.", ""}, {"b", "", "A tree.", ""}},
             pipeline_with(home, "{synonyms: words.txt}"));
    const auto result = collection.search("car", {.mode = SearchMode::lexical});
    EXPECT_THAT(found(result), ElementsAre("a"));
    EXPECT_EQ(result->hits[0].highlights.size(), 1U);
}

TEST(SynonymsOfAPipeline, ThatAreWrongNameFileAndLine) {
    const lectern::TestFolder home;
    lectern::OpenOptions options;
    options.pipeline = pipeline_with(home, "{synonyms: words.txt}");
    auto opened = Collection::open(home.path() / "c", options);
    EXPECT_THAT(opened.status().message(),
                testing::AllOf(HasSubstr("own.yaml:"), HasSubstr("words.txt")));
    std::ofstream(home.path() / "words.txt") << "car\n";
    opened = Collection::open(home.path() / "c", options);
    EXPECT_THAT(opened.status().message(),
                testing::AllOf(HasSubstr("words.txt"), HasSubstr("line 1")));
}

// Rows that mean the same: only the words tell one from the other.
TEST(RareNames, AreFoundFirstHoweverTheyAreAskedFor) {
    const lectern::TestFolder home;
    std::string table = "# Parts\n\n";
    for (int i = 0; i < 120; ++i) {
        char row[120];
        std::snprintf(row, sizeof row,
                      "The weight of Part-%03d is %d kg, and it lies in hall %c.\n\n", i, i * 3,
                      'A' + i % 5);
        table += row;
    }
    const Collection collection =
        open(home, "c",
             {{"parts", "", table, ""},
              {"scales", "", "A scale gives the weight of a thing in kg.", ""},
              {"halls", "", "Every part is kept in a hall of the company.", ""}});
    for (const char* query : {"Part-097", "097", "What is the weight of Part-097?",
                              "where does Part-097 lie", "the weight of Part-097 in kg"}) {
        const auto result = collection.search(query, {.k = 3, .chunks = true});
        ASSERT_TRUE(result.ok());
        ASSERT_THAT(result->hits, Not(IsEmpty()));
        EXPECT_THAT(result->hits.front().text, HasSubstr("Part-097")) << query;
    }
}

}  // namespace
