// Which words find which texts. Every row is searched in an index of all its texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/query.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {
namespace {

struct Row {
    const char* name;
    std::vector<std::string> texts;
    std::string query;
    std::vector<std::size_t> found;  // places of texts, best first
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.query;
}

class Find : public ::testing::TestWithParam<Row> {};

TEST_P(Find, InTheTextsThatHaveThem) {
    const Row& row = GetParam();
    const TestFolder folder;
    auto store = storage::Store::open(folder.path() / "c", {.create_if_missing = true});
    ASSERT_TRUE(store.ok()) << store.status().message();
    LexicalIndexOptions options;
    options.merge_in_background = false;
    const auto index = LexicalIndex::open(**store, options);
    ASSERT_TRUE(index.ok()) << index.status().message();
    for (std::size_t i = 0; i < row.texts.size(); ++i) {
        storage::PutDocument document;
        document.id = std::to_string(i);
        document.text = row.texts[i];
        document.chunks.push_back({0, document.text.size(), 1});
        const storage::WriteGroup group{{document}, {}};
        ASSERT_TRUE((*index)->commit(group, false).ok());
    }
    const auto result = (*index)->search(row.query, 10);
    ASSERT_TRUE(result.ok()) << result.status().message();
    std::vector<storage::ChunkId> chunks;
    for (const Scored& hit : result->hits) chunks.push_back(hit.chunk);
    const auto views = (*store)->reader().chunk_views(chunks, false);
    ASSERT_TRUE(views.ok());
    std::vector<std::size_t> found;
    for (const auto& view : *views) found.push_back(std::stoul(view->document));
    EXPECT_THAT(found, ::testing::ElementsAreArray(row.found));
    const auto check = (*index)->verify();
    ASSERT_TRUE(check.ok());
    EXPECT_EQ(check->problems, 0U);
}

const std::string names =
    "Call payment_retry_handler after orders.csv was read, then getUserProfile of Node.js.";
const std::string other = "Nothing of the kind stands here.";

const std::string of_ships =
    "What is the weight of a ship? The weight of the ship is the weight of the water that it "
    "displaces.";
const std::string of_ships_in_german =
    "Was ist das Gewicht eines Schiffes? Das Gewicht des Schiffes ist das Gewicht des Wassers, das "
    "es verdr\u00E4ngt.";

// 30 rows with the part 097 among them, as a chunk of a table has.
std::string table_of(const std::string& head, const std::string& part) {
    std::string out = head;
    for (int i = 0; i < 30; ++i)
        out += "\n| " + part + "-0" + std::to_string(70 + i) + " | " + std::to_string(210 + 3 * i) +
               " kg | Hall " + "ABC"[i % 3] + " |";
    return out;
}

INSTANTIATE_TEST_SUITE_P(
    words, Find,
    ::testing::Values(
        Row{"snake", {other, names}, "payment", {1}},
        Row{"snake_whole", {other, names}, "payment_retry_handler", {1}},
        Row{"snake_other_way", {other, names}, "paymentRetryHandler", {1}},
        Row{"file", {other, names}, "orders", {1}},
        Row{"file_from_name", {other, "the orders of May"}, "orders.csv", {1}},
        Row{"camel", {other, names}, "profile", {1}}, Row{"dotted", {other, names}, "node", {1}},
        Row{"prefix_of_a_part", {other, names}, "handl*", {1}},
        Row{"package", {other, "com.example.BerthService"}, "BerthService", {1}},
        Row{"package_part", {other, "com.example.BerthService"}, "berth", {1}},
        Row{"log", {other, "audit_log_2024.txt"}, "audit", {1}},
        Row{"extension", {other, "Test.mp3"}, "mp3", {1}},
        Row{"initials", {other, "HTTPRetryPolicy2"}, "retry policy", {1}},
        Row{"version", {other, "Release v2.14.3 is out."}, "2.14.3", {1}},
        Row{"version_whole", {"v2.14.4", "Release 2.14.3 is out."}, "v2.14.3", {1}},
        Row{"unit", {other, "a bag of 12kg"}, "12 kg", {1}},
        Row{"square", {other, "12 km\u00B2 of sand"}, "km2", {1}},
        Row{"square_is_a_unit_too", {other, "12 km\u00B2 of sand"}, "km", {1}},
        Row{"formula", {other, "CO\u2082 and H\u2082SO\u2084"}, "co2", {1}},
        Row{"formula_long", {other, "CO\u2082 and H\u2082SO\u2084"}, "H2SO4", {1}},
        Row{"whole_before_part", {"a file of orders", "orders.csv"}, "orders.csv", {1, 0}},
        Row{"name_in_a_question",
            {of_ships, table_of("| Name | Weight | Hall |", "Part"), other},
            "What is the weight of Part-097?",
            {1, 0, 2}},
        Row{"name_in_a_question_in_german",
            {of_ships_in_german, table_of("| Name | Gewicht | Halle |", "Teil"), other},
            "Was ist das Gewicht von Teil-097?",
            {1, 0}},
        Row{"no_content_at_all", {other, "what it is"}, "what is it", {1}},
        Row{"thousands", {other, "1,250 euros"}, "1250", {1}},
        Row{"thousands_german", {other, "1.250 Euro"}, "1,250", {1}},
        Row{"thousands_french", {other, "1\u202F250 euros"}, "1250", {1}},
        Row{"thousands_spaced", {other, "1 250 euros"}, "1,250", {1}},
        Row{"thousands_swiss", {other, "1'250 Franken"}, "1 250", {1}},
        Row{"decimals", {other, "3,14 Meter"}, "3.14", {1}},
        Row{"decimals_of_thousands", {other, "1.250,50 Euro"}, "1,250.50", {1}},
        Row{"decimals_french", {other, "1 250,50 euros"}, "1250.50", {1}},
        Row{"narrow_space_and_unit", {other, "10\u202Fkg"}, "kg", {1}},
        Row{"narrow_space_and_mark", {other, "Est-ce vrai\u202F?"}, "vrai", {1}},
        Row{"korean", {other, "항만공사는 선박을 관리합니다"}, "항만", {1}},
        Row{"korean_object", {other, "항만공사는 선박을 관리합니다"}, "선박", {1}},
        Row{"korean_verb", {other, "항만공사는 선박을 관리합니다"}, "관리", {1}},
        Row{"korean_four", {other, "항만공사는 선박을 관리합니다"}, "항만공사", {1}},
        Row{"korean_with_latin", {other, "BERT는 읽는다"}, "bert", {1}},
        Row{"hebrew",
            {other, "\u05D4\u05B7\u05E0\u05BC\u05B8\u05DE\u05B5\u05DC"},
            "\u05D4\u05E0\u05DE\u05DC",
            {1}},
        Row{"hebrew_phrase",
            {other, "\u05D4\u05B7\u05E0\u05BC\u05B8\u05DE\u05B5\u05DC"},
            "\"\u05D4\u05E0\u05DE\u05DC\"",
            {1}},
        Row{"cpp", {"a book on C and C.", "a book on C++."}, "C++", {1}},
        Row{"c", {"a tune on C.", "a tune on C++."}, "C", {0}},
        Row{"c_sharp", {"a tune on C and C.", "a tune on C#"}, "c#", {1}},
        Row{"f_sharp", {"a tune on F and F.", "a tune on (F#)"}, "F#", {1}},
        Row{"anchor", {other, "see a#b"}, "a#b", {1}},
        Row{"notepad", {other, "Notepad++ opens it"}, "notepad", {1}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(QueryParts, ContentWordsAreWhatIsAsked) {
    const TestFolder folder;
    auto store = storage::Store::open(folder.path() / "c", {.create_if_missing = true});
    ASSERT_TRUE(store.ok()) << store.status().message();
    const auto index = LexicalIndex::open(**store, {});
    ASSERT_TRUE(index.ok()) << index.status().message();
    storage::WriteGroup group;
    for (int i = 0; i < 10; ++i) {
        storage::PutDocument document;
        document.id = std::to_string(i);
        document.text = "Part 10" + std::to_string(i) + " lies in the hall.";
        document.chunks.push_back({0, document.text.size(), 1});
        group.puts.push_back(document);
    }
    ASSERT_TRUE((*index)->commit(group, false).ok());
    const auto search = [&](const char* text) { return *(*index)->search(text, 10); };
    EXPECT_EQ(search("of the").asked, 0);
    const LexicalResult one = search("Part-107");
    ASSERT_FALSE(one.hits.empty());
    EXPECT_NEAR(one.asked, one.hits[0].score, 0.01);  // it has both, once
    EXPECT_GT(search("Part-107 gone").asked, one.asked + 1);
}

TEST(QueryParts, PartsOfAPhraseAreNotAskedFor) {
    const lexical::QueryText query = lexical::read_query("\"orders.csv\" Node.js");
    EXPECT_THAT(query.words, ::testing::ElementsAre("orders.csv", "node.js"));
    EXPECT_THAT(query.parts, ::testing::ElementsAre("node", "js"));
}

}  // namespace
}  // namespace lectern::index
