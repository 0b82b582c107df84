#include "engine/answers/keeps.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

struct Case {
    const char* question;
    const char* evidence;
    const char* sentence;
    bool keeps;
};

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

TEST(CutsSafely, WholeItemsAndEnds) {
    const Case cases[] = {
        {"How many parameters has BERT Base?",
         "BERT Base has 12 layers, 12 heads and 110 million parameters.",
         "BERT Base has 110 million parameters.", true},
        {"Who published BERT?", "BERT was published by Google in October 2018.",
         "BERT was published by Google.", true},
        {"What does the model need?", "The model needs time, patience and memory.",
         "The model needs time, memory.", true},
        {"When did they win?", "The Broncos won in 1990 and in 1991.", "The Broncos won in 1991.",
         false},
        {"What does the temperature do?",
         "A temperature below one makes the choice more predictable.",
         "A temperature makes the choice more predictable.", false},
        {"What does BERT do?", "BERT reads a text, but it does not write.", "BERT reads a text.",
         false},
        {"What does BERT do?", "Only BERT reads a text.", "BERT reads a text.", false},
        {"What does BERT do?", "BERT reads a text in both directions.", "BERT reads a text in.",
         false},
        {"Who led it?", "Ann founded it, and Bob, her brother, led the band.",
         "Ann founded it, led the band.", false},
        {"How many are there?",
         "It checks a sentence: the text is the first sentence, the answer 2.",
         "It checks a sentence, the answer 2.", false},
        {"What does BERT do?", "BERT reads a text.", "BERT reads a text.", true},
        {"What does BERT do?", "BERT reads a text.", "A text is read by BERT.", true},
    };
    for (const Case& one : cases)
        EXPECT_EQ(cuts_safely(one.sentence, one.question, one.evidence), one.keeps) << one.sentence;
}

TEST(KeepsTheAnswer, Cases) {
    const Case cases[] = {
        {"When was BERT published?", "BERT was published by Google in October 2018.",
         "BERT was published in 2018.", true},
        {"When was BERT published?", "BERT was published by Google in October 2018.",
         "BERT was published by Google.", false},
        {"How many layers has it?", "The small one has 12 layers and 3 heads.", "It has 12 layers.",
         true},
        {"How many layers has it?", "The small one has 12 layers and the large one has 24 layers.",
         "It has 12 layers.", false},
        {"How deep is it, and since when is it 12 deep?",
         "The small one came in 2017 and the large one in 2018.", "It came in 2017.", false},
        {"How many layers has it?", "The small one has twelve layers.", "It has layers.", false},
        {"How many balls did Norman catch?",
         "Kurt led the team with seven in 88 games and Norman, who grew, had four of them.",
         "Kurt led the team with seven in 88 games and Norman.", false},
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
