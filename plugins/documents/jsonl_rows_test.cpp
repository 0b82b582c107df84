#include "documents/jsonl_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Found {
    std::vector<Row> rows;
    std::vector<RowFailure> failures;
};

Found read(std::string_view bytes) {
    Found out;
    read_rows(
        bytes, "rows.jsonl", [&](const Row& row) { out.rows.push_back(row); },
        [&](const RowFailure& failure) { out.failures.push_back(failure); });
    return out;
}

TEST(JsonlRows, ARowOfBeir) {
    const Found found = read(
        R"({"_id": "d1", "title": "BERT", "text": "BERT reads.", "year": 2018, "tags": ["x"]})");
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].id, "d1");
    EXPECT_EQ(found.rows[0].title, "BERT");
    EXPECT_EQ(found.rows[0].text, "BERT reads.");
    EXPECT_EQ(found.rows[0].metadata, R"({"year":2018,"tags":["x"]})");
    EXPECT_TRUE(found.failures.empty());
}

TEST(JsonlRows, ATitleAloneIsTheText) {
    const Found found = read(R"({"_id": "d1", "title": "On aerofoils", "text": " "})");
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].title, "On aerofoils");
    EXPECT_EQ(found.rows[0].text, "On aerofoils");
}

TEST(JsonlRows, IdsAndMetadata) {
    struct {
        const char* row;
        const char* id;
        const char* metadata;
    } const cases[] = {
        {R"({"text": "x"})", "rows.jsonl#1", ""},
        {R"({"_id": null, "text": "x"})", "rows.jsonl#1", ""},
        {R"({"_id": "", "text": "x"})", "rows.jsonl#1", ""},
        {R"({"_id": 17, "text": "x"})", "17", ""},
        {R"({"_id": "a", "text": "x", "metadata": {}})", "a", ""},
        {R"({"_id": "a", "text": "x", "metadata": {"url": "u", "year": 1}, "year": 2})", "a",
         R"({"year":2,"url":"u"})"},
        {R"({"_id": "a", "text": "x", "metadata": "m"})", "a", R"({"metadata":"m"})"},
        {"\xEF\xBB\xBF{\"_id\": \"a\", \"text\": \"x\"}\r", "a", ""},
    };
    for (const auto& c : cases) {
        const Found found = read(c.row);
        ASSERT_EQ(found.rows.size(), 1U) << c.row;
        EXPECT_EQ(found.rows[0].id, c.id) << c.row;
        EXPECT_EQ(found.rows[0].metadata, c.metadata) << c.row;
    }
}

TEST(JsonlRows, TitlesMayBeNumbers) {
    EXPECT_EQ(read(R"({"title": 1984, "text": "x"})").rows.at(0).title, "1984");
    EXPECT_EQ(read(R"({"title": 1.5, "text": "x"})").rows.at(0).title, "1.5");
}

TEST(JsonlRows, ABrokenRowIsReportedAndTheRestGoOn) {
    struct {
        std::string row;
        const char* message;
    } const cases[] = {
        {"{\"text\": ", "not JSON: incomplete"},
        {"not json", "not JSON"},
        {"[1, 2]", "a row is a JSON object with \"text\", this is of type array"},
        {R"({"_id": "a"})", "\"text\" is missing"},
        {R"({"text": " \n"})", "\"text\" is empty"},
        {R"({"text": 5})", "\"text\" must be a string, not of type int64"},
        {R"({"_id": {}, "text": "x"})",
         "\"_id\" must be a string or a whole number of at most 64 bits, not of type object"},
        {R"({"_id": 1.5, "text": "x"})",
         "\"_id\" must be a string or a whole number of at most 64 bits, not of type double"},
        {R"({"_id": 123456789012345678901, "text": "x"})",
         "\"_id\" must be a string or a whole number of at most 64 bits, not of type double"},
        {R"({"text": "x"} {"text": "y"})", "more text follows"},
        {"{\"text\": \"caf\xE9\"}", "not JSON"},
        {R"({"text": "\ud800"})", "not JSON"},
        {"{\"a\":" + std::string(100000, '['), "not JSON: too deep"},
        {std::string(100000, '{'), "not JSON"},
    };
    for (const auto& c : cases) {
        const Found found = read("{\"text\": \"first\"}\n\n" + c.row + "\n{\"text\": \"last\"}");
        ASSERT_EQ(found.rows.size(), 2U) << c.row.substr(0, 50);
        EXPECT_EQ(found.rows[1].number, 4U);
        ASSERT_EQ(found.failures.size(), 1U) << c.row.substr(0, 50);
        EXPECT_EQ(found.failures[0].number, 3U);
        EXPECT_EQ(found.failures[0].code, LECTERN_INVALID_ARGUMENT);
        EXPECT_THAT(found.failures[0].message, HasSubstr(c.message));
    }
}

TEST(JsonlRows, AHugeRow) {
    const std::string text(std::size_t{8} << 20, 'x');
    const Found found = read("{\"text\": \"" + text + "\"}");
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].text, text);
}

// Parsing takes three times the row: memory is bounded by refusing it unparsed.
TEST(JsonlRows, ARowThatWouldTakeTooMuchMemoryIsRefusedAndTheNextIsRead) {
    std::string bytes = "{\"text\": \"";
    bytes.append(std::size_t{256} << 20, 'x');
    bytes += "\"}\n{\"text\": \"last\"}";
    const Found found = read(bytes);
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].text, "last");
    ASSERT_EQ(found.failures.size(), 1U);
    EXPECT_EQ(found.failures[0].code, LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_THAT(found.failures[0].message, HasSubstr("256 MiB"));
}

TEST(JsonlRows, AFileOfSomethingElseIsGivenUp) {
    std::string prose;
    for (int i = 0; i < 1000; ++i) prose += "It was a dark and stormy night.\n";
    EXPECT_THROW(read(prose), Failure);
    EXPECT_THROW(read(""), Failure);
    EXPECT_THROW(read("\n \n"), Failure);
}

}  // namespace
}  // namespace lectern::documents
