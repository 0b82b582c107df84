#include "engine/answers/conversation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "test_folders.hpp"

namespace lectern {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& row, const char* key) {
    const json::value* value = row.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

struct Pair {
    std::string id;
    std::string kind;
    std::string question;
    std::vector<Turn> history;
    std::vector<std::string> alone;  // any of them will do
};

std::vector<Pair> pairs() {
    std::vector<Pair> out;
    std::ifstream file(std::string(LECTERN_SOURCE_DIR) + "/tests/data/follow-questions.jsonl");
    for (std::string line; std::getline(file, line);) {
        const json::object row = json::parse(line).as_object();
        Pair one{text_of(row, "_id"), text_of(row, "kind"), text_of(row, "text"), {}, {}};
        for (const json::value& turn : row.at("history").as_array())
            one.history.push_back(
                {text_of(turn.as_object(), "question"), text_of(turn.as_object(), "answer")});
        for (const json::value& alone : row.at("alone").as_array())
            one.alone.emplace_back(alone.as_string());
        out.push_back(std::move(one));
    }
    return out;
}

// Written for this test, over samples/. One of 40 has its reading second: "er" after "Wer stellte
// den Transformer vor?" may be the author; there the reader decides.
TEST(StandingAlone, FortyPairs) {
    const std::vector<Pair> all = pairs();
    ASSERT_EQ(all.size(), 40U);
    std::size_t first = 0;
    for (const Pair& pair : all) {
        const auto found = standing_alone(pair.question, pair.history);
        ASSERT_FALSE(found.empty());
        ASSERT_LE(found.size(), 4U);
        const bool right =
            std::find(pair.alone.begin(), pair.alone.end(), found.front()) != pair.alone.end();
        first += right ? 1 : 0;
        const bool among = std::any_of(found.begin(), found.end(), [&](const std::string& one) {
            return std::find(pair.alone.begin(), pair.alone.end(), one) != pair.alone.end();
        });
        EXPECT_TRUE(among) << pair.id << ": " << pair.question << " -> " << found.front();
        // Another subject is no continuation.
        if (pair.kind == "topic") {
            EXPECT_EQ(found, std::vector<std::string>{pair.question});
        }
    }
    EXPECT_GE(first, 39U);
}

// Of other matters than the pairs above.
TEST(StandingAlone, TheLikeliestReading) {
    const struct {
        const char* before;
        const char* answer;
        const char* question;
        const char* alone;
    } cases[] = {
        {"Who painted the Mona Lisa?", "Leonardo da Vinci painted the Mona Lisa [1].",
         "When did he paint it?", "When did Leonardo da Vinci paint the Mona Lisa?"},
        {"What is the capital of Peru?", "The capital of Peru is Lima [1].",
         "How many people live there?", "How many people live in the capital of Peru?"},
        {"What is the capital of Peru?", "The capital of Peru is Lima [1].", "And of Chile?",
         "What is the capital of Chile?"},
        {"How do I set a proxy in git?", "Set http.proxy [1].", "How do I unset it?",
         "How do I unset a proxy?"},
        {"How do I set a proxy in git?", "Set http.proxy [1].", "What about curl?",
         "How do I set a proxy in curl?"},
        {"Which port does the server listen on?", "It listens on port 8080 [1].",
         "How can I change it?", "How can I change the port of the server?"},
        {"What was the revenue in 2018?", "The revenue was 3 million euros [1].", "2019?",
         "What was the revenue in 2019?"},
        {"What was the revenue in 2018?", "The revenue was 3 million euros [1].",
         "How much was spent on research that year?", "How much was spent on research in 2018?"},
        {"When did the Orion project start?", "It started in March 2019 [1].", "Who leads it?",
         "Who leads the Orion project?"},
        {"When did the Orion project start?", "It started in March 2019 [1].",
         "How much does a Kestrel cost per day?", "How much does a Kestrel cost per day?"},
        {"Does the warranty cover water damage?", "Water damage is not covered [1].", "Why not?",
         "Why does the warranty not cover water damage?"},
        {"Does the warranty cover water damage?", "Water damage is not covered [1].",
         "What about scratches?", "Does the warranty cover scratches?"},
        {"What are the side effects of ibuprofen?", "Nausea and dizziness [1].",
         "How are they treated?", "How are the side effects of ibuprofen treated?"},
        {"What are the side effects of ibuprofen?", "Nausea and dizziness [1].",
         "Can I take it with alcohol?", "Can I take ibuprofen with alcohol?"},
        {"Who discovered penicillin?", "Alexander Fleming discovered penicillin in 1928 [1].",
         "In which year was that?", "In which year was penicillin discovered?"},
        {"Who wrote Emma?", "Jane Austen wrote Emma [1].", "What are her other novels?",
         "What are Jane Austen's other novels?"},
        {"How tall is the Eiffel Tower?", "It is 330 metres tall [1].",
         "Is it true that it was meant to be temporary?",
         "Is it true that it was meant to be temporary?"},
        {"What does the option -q do?", "It suppresses output [1].", "And -v?", "What does -v do?"},
        {"Explain how vaccines work.", "Vaccines train the immune system [1].", "Are they safe?",
         "Are vaccines safe?"},
        {"Wer entdeckte Penicillin?", "Alexander Fleming entdeckte Penicillin 1928 [1].",
         "Wann wurde er geboren?", "Wann wurde Alexander Fleming geboren?"},
        {"Which film won best picture in 1994?", "Schindler's List won in 1994 [1].",
         "Who directed it?", "Who directed Schindler's List?"},
    };
    for (const auto& one : cases) {
        const std::vector<Turn> history{{one.before, one.answer}};
        EXPECT_EQ(standing_alone(one.question, history).front(), one.alone) << one.question;
    }
}

TEST(StandingAlone, TheBudgetMayBeAnybodys) {
    const std::vector<Turn> history{{"When did the Orion project start?", "In 2019 [1]."}};
    EXPECT_EQ(standing_alone("What is the budget?", history),
              (std::vector<std::string>{"What is the budget?",
                                        "What is the budget of the Orion project?"}));
}

TEST(StandingAlone, ChainsOfTurnsAndOddInput) {
    const std::vector<Turn> history{
        {"Who invented the LSTM?", "Sepp Hochreiter and Jürgen Schmidhuber [1]."},
        {"When did they do it?", "In 1997 [1]."}};
    EXPECT_EQ(standing_alone("Why?", history).front(),
              "Why was the LSTM invented by Sepp Hochreiter and Jürgen Schmidhuber?");
    EXPECT_EQ(standing_alone("When?", {}), std::vector<std::string>{"When?"});
    const std::vector<Turn> odd{{"", ""}, {"???", "[1][2]"}, {"\xFF\xFE", "\x01"}};
    for (const char* question : {"?", "it", "And?", "and and and", "\xFF\xFE it?", "Why", "it it"})
        EXPECT_FALSE(standing_alone(question, odd).empty()) << question;
    const std::vector<Turn> many(100, Turn{"Who invented the LSTM?", ""});
    EXPECT_EQ(standing_alone("When?", many).front(), "When was the LSTM invented?");
}

}  // namespace
}  // namespace lectern
