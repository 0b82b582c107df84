#include "text/wording.hpp"

#include <gtest/gtest.h>

#include "text/question.hpp"

namespace lectern::text {
namespace {

TEST(Wording, WordsOfEachLanguage) {
    for (const char* word : {"two", "zwei", "deux", "dos"})
        EXPECT_TRUE(is_worded(Wording::figure, word)) << word;
    for (const char* word : {"or", "oder", "ou", "o"}) {
        EXPECT_TRUE(is_worded(Wording::alternative, word)) << word;
        EXPECT_TRUE(is_worded(Wording::conjunction, word)) << word;
    }
    for (const char* word : {"between", "zwischen", "entre", "tra"})
        EXPECT_TRUE(is_worded(Wording::binding, word)) << word;
    EXPECT_FALSE(is_worded(Wording::alternative, "and"));
    EXPECT_FALSE(is_worded(Wording::calendar, "may")) << "a verb";
    EXPECT_FALSE(is_worded(Wording::figure, ""));
}

TEST(Wording, NumbersInFiguresAndInWords) {
    for (const char* number : {"12", "2nd", "zwei", "Million"})
        EXPECT_TRUE(is_number(words(number).front())) << number;
    for (const char* other : {"number", "may", "GPT"})
        EXPECT_FALSE(is_number(words(other).front())) << other;
}

TEST(Wording, PhrasesAreWholeWords) {
    EXPECT_TRUE(has_worded(Wording::number, " how many are there ", ""));
    EXPECT_FALSE(has_worded(Wording::number, " show many things ", ""));
    EXPECT_TRUE(has_worded(Wording::number, " ", "BERT有多少层？"));
    EXPECT_FALSE(has_worded(Wording::number, "", ""));
}

TEST(Wording, TheLongestBeginningCounts) {
    EXPECT_EQ(begins_worded(Wording::definition, " what is it "), 2U);
    EXPECT_EQ(begins_worded(Wording::definition, " qu'est ce que la vie "), 3U);
    EXPECT_EQ(begins_worded(Wording::definition, " it is what "), 0U);
    EXPECT_EQ(begins_worded(Wording::definition, ""), 0U);
}

// A question of each kind in each language that the table has.
TEST(Wording, KindsOfQuestionsInEveryLanguage) {
    for (const char* question : {"How many are there?", "Wie viele sind es?",
                                 "Combien y en a-t-il ?", "¿Cuántos hay?", "Quanti sono?"}) {
        EXPECT_TRUE(asks_for_number(question)) << question;
        EXPECT_FALSE(asks_for_date(question)) << question;
        EXPECT_FALSE(asks_for_person(question)) << question;
    }
    for (const char* question :
         {"In what year was it?", "In welchem Jahr war das?", "En quelle année était-ce ?",
          "¿En qué año fue?", "In che anno fu?", "When?", "Wann?", "Quand ?", "¿Cuándo?",
          "Quando?"}) {
        EXPECT_TRUE(asks_for_date(question)) << question;
        EXPECT_TRUE(asks_for_number(question)) << question;
        EXPECT_FALSE(asks_for_place(question)) << question;
    }
    for (const char* question :
         {"Who was it?", "Wer war das?", "Qui était-ce ?", "¿Quién fue?", "Chi era?"}) {
        EXPECT_TRUE(asks_for_person(question)) << question;
        EXPECT_FALSE(asks_for_number(question)) << question;
    }
    for (const char* question : {"In which city is it?", "In welcher Stadt ist das?",
                                 "Dans quelle ville est-ce ?", "¿En qué ciudad está?"})
        EXPECT_TRUE(asks_for_place(question)) << question;
    for (const char* question :
         {"Why is it so?", "Aus welchem Grund ist das so?", "Pourquoi ?", "¿Por qué?", "Perché?"}) {
        EXPECT_TRUE(asks_for_reason(question)) << question;
        EXPECT_TRUE(asks_to_explain(question)) << question;
    }
    for (const char* question : {"What is the difference?", "Worin liegt der Unterschied?",
                                 "Quelle est la différence ?", "¿Cuál es la diferencia?"}) {
        EXPECT_TRUE(asks_to_explain(question)) << question;
        EXPECT_FALSE(asks_for_reason(question)) << question;
    }
    for (const char* question : {"What is entropy?", "Was ist Entropy?", "Was bedeutet Entropy?",
                                 "Qu'est-ce que entropy ?", "¿Qué es la entropy?"})
        EXPECT_EQ(asked_to_define(question), std::vector<std::string>{"entropy"}) << question;
}

}  // namespace
}  // namespace lectern::text
