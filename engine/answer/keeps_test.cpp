#include "engine/answer/keeps.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

struct Case {
    const char* question;
    const char* evidence;
    const char* sentence;
    bool keeps;
};

TEST(KeepsTheAnswer, Cases) {
    const Case cases[] = {
        {"When was BERT published?", "BERT was published by Google in October 2018.",
         "BERT was published in 2018.", true},
        {"When was BERT published?", "BERT was published by Google in October 2018.",
         "BERT was published by Google.", false},
        {"How many layers has it?", "The small one has 12 layers and the large one 24.",
         "It has 12 layers.", false},
        {"How many layers has it?", "The small one has 12 layers and the large one 24.",
         "It has 12 or 24 layers.", true},
        {"How many layers has it?", "The small one has twelve layers.", "It has layers.", false},
        {"Who published word2vec?", "At Google, Mikolov published word2vec with colleagues.",
         "Mikolov published word2vec at Google.", true},
        {"Who published word2vec?", "At Google, Mikolov published word2vec with colleagues.",
         "Word2vec was published at Google.", false},
        {"What does an encoder do?", "An encoder reads a text in both directions.",
         "An encoder reads in both directions.", true},
        {"What does an encoder do?", "An encoder reads a text in both directions.",
         "An encoder reads.", false},
    };
    for (const Case& one : cases)
        EXPECT_EQ(keeps_the_answer(one.sentence, one.question, one.evidence), one.keeps)
            << one.question << " " << one.sentence;
}

}  // namespace
}  // namespace lectern
