#include "engine/answers/phrasing.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

TEST(Follows, TheEvidenceShortenedOrSlightlyRearranged) {
    struct {
        const char* evidence;
        const char* sentence;
        bool follows;
    } cases[] = {
        {"The Broncos defeated the Steelers, 23-16, in the final three minutes.",
         "The Broncos defeated the Steelers.", true},
        {"The Broncos defeated the Steelers, 23-16, in the final three minutes.",
         "The Broncos lost to the Steelers.", false},
        {"The Broncos defeated the Steelers, 23-16, in the final three minutes.",
         "The Steelers defeated the Broncos.", false},
        {"BERT is an encoder that reads, and GPT is a decoder that writes.",
         "The decoder is a decoder that reads, and BERT is an encoder that reads.", false},
        {"BERT is an encoder that reads, and GPT is a decoder that writes.",
         "BERT is an encoder that reads.", true},
        {"The lighthouse at Cape Orrin was built in 1874 by Anna Veld.",
         "The lighthouse at Cape Orrin was built by Anna Veld in 1874.", true},
        {"BERT Base\nIt has 12 layers and 110 million parameters.", "BERT Base has 12 layers.",
         true},
        {"It has 12 layers.", "It has 24 layers.", false},
    };
    for (const auto& one : cases)
        EXPECT_EQ(follows(one.sentence, one.evidence), one.follows) << one.sentence;
}

TEST(Holds, TheWordsOfTheAnswerInARow) {
    EXPECT_TRUE(holds("It began in March 2019.", "March 2019"));
    EXPECT_TRUE(holds("It was new\nyork city.", "New York"));
    EXPECT_FALSE(holds("It began in March of 2019.", "March 2019"));
    EXPECT_FALSE(holds("It has 1100 parts.", "110"));
    EXPECT_FALSE(holds("It began.", ""));
}

TEST(CoversTheQuestion, WordsOfTheQuestionThatTheEvidenceHas) {
    constexpr const char* question = "How many bytes do 8-bit integers take?";
    constexpr const char* evidence = "Floats take 4 bytes, and integers of 8 bits take one byte.";
    EXPECT_FALSE(covers_question("Floats take 4 bytes.", question, evidence));
    EXPECT_TRUE(covers_question("Integers of 8 bits take one byte.", question, evidence));
    EXPECT_TRUE(covers_question("It is red.", question, "It is red."));
}

TEST(States, TheQuestionsWordsAroundTheAnswer) {
    struct {
        const char* question;
        const char* evidence;
        const char* answer;
        const char* sentence;
        bool states;
    } cases[] = {
        {"When did the Orion project start?",
         "Orion, the project of the harbour office, was begun in March 2019.", "March 2019",
         "The Orion project started in March 2019.", true},
        {"When did the Orion project start?",
         "Orion, the project of the harbour office, was begun in March 2019.", "March 2019",
         "The Orion project ended in March 2019.", false},
        {"When did the Orion project start?",
         "Orion, the project of the harbour office, was begun in March 2019.", "March 2019",
         "The Orion project started in 2019.", false},
        {"Who lost to the Broncos?", "The Broncos defeated the Patriots.", "Patriots",
         "The Patriots lost to the Broncos.", true},
        {"Who lost to the Broncos?", "The Broncos defeated the Patriots.", "Patriots",
         "The Broncos lost to the Patriots.", false},
        {"How many boats are there?", "The harbour keeps 12 boats in winter.", "12",
         "There are 12 boats in the harbour in winter.", false},
        {"How many boats are there?", "The harbour keeps 12 boats in winter.", "12",
         "There are 12 boats.", true},
        {"How many boats are there?", "The harbour keeps 12 boats in winter.", "12",
         "There are 12 boats, boats, boats.", false},
    };
    for (const auto& one : cases)
        EXPECT_EQ(states(one.sentence, one.answer, one.question, one.evidence), one.states)
            << one.sentence;
}

TEST(Phrasing, AllOfWhatIsAskedAboutMustBeThere) {
    EXPECT_TRUE(has_all("Gers added the forget gates in 2000.", "the forget gate"));
    EXPECT_FALSE(has_all("Gers added the forget gate in 2000.", "the memory gate"));
    EXPECT_FALSE(has_all("It was added in 2000.", "version 200"));
    EXPECT_TRUE(has_all("", "the"));
}

TEST(Phrasing, WordsHangTogetherAsTheyAreKnown) {
    const auto known = [](const char* sentence) {
        return hangs_together(sentence, "What raises the tides of the sea?",
                              "Tides\nThe moon raises the tides of the sea, naïve as it sounds.");
    };
    EXPECT_TRUE(known("The moon raises the tides."));
    EXPECT_TRUE(known("Moon raises the tides of the sea."));
    EXPECT_TRUE(known("The moon raised the tides of the sea"));
    EXPECT_FALSE(known("Moon the tides of the sea."));
    EXPECT_FALSE(known("The sea raises the moon."));
}

}  // namespace
}  // namespace lectern
