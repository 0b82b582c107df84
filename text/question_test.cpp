#include "text/question.hpp"

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
    for (const char* question : {"What is the whole of it?", "When was it?", ""})
        EXPECT_FALSE(asks_for_person(question)) << question;
}

}  // namespace
}  // namespace lectern::text
