#include "text/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::text {
namespace {

TEST(Question, ForNumbers) {
    for (const char* question :
         {"When was it?", "How many layers are there?", "Wann war das?", "BERT有多少层？"})
        EXPECT_TRUE(asks_for_number(question)) << question;
    for (const char* question : {"Who was it?", "Whenever?", ""})
        EXPECT_FALSE(asks_for_number(question)) << question;
}

TEST(Question, ForPersons) {
    for (const char* question : {"Who wrote it?", "By whom?", "Whose idea was it?", "Wer war das?",
                                 "Qui a écrit cela ?", "¿Quién lo escribió?"})
        EXPECT_TRUE(asks_for_person(question)) << question;
    for (const char* question :
         {"What is the whole of it?", "When was it?", "What do people do who write?", ""})
        EXPECT_FALSE(asks_for_person(question)) << question;
}

TEST(Question, ForDates) {
    for (const char* question : {"When was it?", "In what year did it end?", "Wann war das?",
                                 "¿Cuándo fue?", "BERT是哪一年发表的？"}) {
        EXPECT_TRUE(asks_for_date(question)) << question;
        EXPECT_TRUE(asks_for_number(question)) << question;
    }
    EXPECT_TRUE(asks_for_date("Who was it, and when?"));
    for (const char* question :
         {"How many years did it take?", "Who was it?", "What happens when it rains?", ""})
        EXPECT_FALSE(asks_for_date(question)) << question;
}

TEST(Question, ForPlaces) {
    for (const char* question :
         {"Where is it?", "In which city was it?", "Wo liegt das?", "¿Dónde está?"})
        EXPECT_TRUE(asks_for_place(question)) << question;
    for (const char* question : {"Whereas?", "What is the wool of?", ""})
        EXPECT_FALSE(asks_for_place(question)) << question;
}

TEST(Question, ForReasons) {
    for (const char* question : {"Why is it so?", "What is the reason for it?", "Warum ist das so?",
                                 "Pourquoi ?", "¿Por qué?", "中文为什么需要分词？"})
        EXPECT_TRUE(asks_for_reason(question)) << question;
    for (const char* question : {"How is it done?", "What is it?", ""})
        EXPECT_FALSE(asks_for_reason(question)) << question;
}

TEST(Question, ForExplanations) {
    for (const char* question :
         {"Why is BERT not GPT?", "How does it work?", "Explain attention.",
          "What is the difference between the two?", "Wie unterscheiden sie sich?"})
        EXPECT_TRUE(asks_to_explain(question)) << question;
    for (const char* question : {"How many are there?", "How long did it take?", "What is it?",
                                 "Wie viele sind es?", "Who wrote it?", ""})
        EXPECT_FALSE(asks_to_explain(question)) << question;
}

TEST(Question, WhatIsToBeDefined) {
    using testing::ElementsAre;
    EXPECT_THAT(asked_to_define("Was the decoder a model?"), ElementsAre("decoder"));
    EXPECT_TRUE(asked_to_define("Was macht der Decoder?").empty()) << "German";
    EXPECT_THAT(asked_to_define("What is an encoder?"), ElementsAre("encoder"));
    EXPECT_THAT(asked_to_define("Who was Ada Lovelace?"), ElementsAre("ada", "lovelace"));
    EXPECT_THAT(asked_to_define("What does \"causal mask\" mean?"), ElementsAre("causal", "mask"));
    EXPECT_THAT(asked_to_define("What does GRU stand for?"), ElementsAre("gru"));
    EXPECT_THAT(asked_to_define("What does the COPY command do?"), ElementsAre("copy"));
    EXPECT_THAT(asked_to_define("What is the command?"), ElementsAre("command"));
    EXPECT_THAT(asked_to_define("Was ist eine Maske?"), ElementsAre("maske"));
    EXPECT_THAT(asked_to_define("Is BERT a decoder?"), ElementsAre("bert"));
    EXPECT_THAT(asked_to_define("Are the two masks an idea of Google?"),
                ElementsAre("two", "masks"));
    EXPECT_THAT(asked_to_define("What is the role of titles?"),
                ElementsAre("role", "of", "titles"));
    for (const char* question :
         {"What is it?", "What is", "What does mean?", "How is it done?", "", "Is", "Is it a word?",
          "Is there a way?", "Is it needed?", "Does a word matter?",
          "What is the reason that so many people do not like the new building in town?"})
        EXPECT_TRUE(asked_to_define(question).empty()) << question;
}

}  // namespace
}  // namespace lectern::text
