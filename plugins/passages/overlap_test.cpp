#include "passages/overlap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::passages {
namespace {

using testing::ElementsAre;

TEST(Overlap, ContentWords) {
    EXPECT_THAT(content_words("How large is the GPT of GPT?"), ElementsAre("large", "gpt"));
    EXPECT_THAT(content_words("Who is it?"), ElementsAre("who", "is", "it"));
    EXPECT_TRUE(content_words("?!").empty());
}

TEST(Overlap, RareWordsWeighMore) {
    const std::vector<Passage> passages{
        {"", "BERT has many layers. BERT was published in 2018. BERT reads texts well.", 1}};
    const auto found = candidates("q", passages);
    const Overlap overlap("When was BERT published?", found, passages);
    ASSERT_EQ(overlap.values().size(), 3U);
    EXPECT_DOUBLE_EQ(overlap.values()[1], 1.0);
    EXPECT_LT(overlap.values()[0], 0.2) << "every sentence has BERT";
    EXPECT_DOUBLE_EQ(overlap.values()[0], overlap.values()[2]);
}

TEST(Overlap, TitleAndHeadingCountHalf) {
    const std::vector<Passage> passages{{"BERT", "## Layers\n\nIt has twelve of them.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_DOUBLE_EQ(Overlap("BERT layer", found, passages).values()[0], 0.5);
}

TEST(Overlap, WordsThatNoSentenceHasLowerEveryValue) {
    const std::vector<Passage> passages{{"", "BERT is an encoder.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_LT(Overlap("BERT pizza toppings", found, passages).values()[0], 0.2);
}

TEST(Overlap, QuestionsForNumbers) {
    for (const char* question :
         {"When was it?", "How many layers are there?", "Wann war das?", "BERT有多少层？"})
        EXPECT_TRUE(asks_for_number(question)) << question;
    for (const char* question : {"Who was it?", "Whenever?", ""})
        EXPECT_FALSE(asks_for_number(question)) << question;
}

}  // namespace
}  // namespace lectern::passages
