#include "passages/overlap.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::passages {
namespace {

// "gpt 3*": the star marks names.
std::string asked(std::string_view question) {
    std::string out;
    for (const AskedWord& word : content_words(question))
        out += (out.empty() ? "" : " ") + word.folded + (word.name ? "*" : "");
    return out;
}

TEST(Overlap, ContentWords) {
    EXPECT_EQ(asked("What does the GPT of GPT read?"), "gpt* read");
    EXPECT_EQ(asked("How large is GPT-3?"), "gpt* 3*") << "\"large\" asks for the number";
    EXPECT_EQ(asked("Paris or Ödenburg?"), "paris ödenburg*");
    EXPECT_EQ(asked("Who is it?"), "who is it");
    EXPECT_EQ(asked("?!"), "");
}

TEST(Overlap, APlainWordThatNoneHasMayBeSaidInOtherWords) {
    const std::vector<Passage> passages{{"", "The LSTM was published in 1997.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_GT(Overlap("Who invented the LSTM?", found, passages).values()[0],
              Overlap("Who is Mikolov of LSTM?", found, passages).values()[0]);
}

TEST(Overlap, RareWordsWeighMore) {
    const std::vector<Passage> passages{{"",
                                         "The encoder has many layers.\n\nThe encoder was "
                                         "published in 2018.\n\nThe encoder reads texts well.",
                                         1}};
    const auto found = candidates("q", passages);
    const Overlap overlap("When was the encoder published?", found, passages);
    ASSERT_EQ(overlap.values().size(), 3U);
    EXPECT_DOUBLE_EQ(overlap.values()[1], 1.0);
    EXPECT_LT(overlap.values()[0], 0.2) << "every sentence has the encoder";
    EXPECT_DOUBLE_EQ(overlap.values()[0], overlap.values()[2]);
}

TEST(Overlap, TitleAndHeadingCountHalf) {
    const std::vector<Passage> passages{{"BERT", "## Layers in it\n\nIt has twelve of them.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_DOUBLE_EQ(Overlap("BERT width", found, passages).values()[0], 0.25);
}

// What stands under "port (number)" is about the port, whether it says so or not.
TEST(Overlap, AHeadingThatNamesOnlyWhatIsAskedAboutCountsMore) {
    for (const char* heading :
         {"## port (number)", "## The port", "3.5. Port\n---------", ".. option:: port [number]"}) {
        const std::string text = std::string(heading) + "\n\nIt is closed at first.";
        const std::vector<Passage> passages{{"", text, 1}};
        const auto found = candidates("q", passages);
        ASSERT_EQ(found.size(), 1U) << heading;
        EXPECT_DOUBLE_EQ(Overlap("the port", found, passages).values()[0], 0.9) << heading;
        const std::string other = "## Port of ships\n\nIt is closed at first.";
        const std::vector<Passage> others{{"", other, 1}};
        EXPECT_DOUBLE_EQ(Overlap("the port", candidates("q", others), others).values()[0], 0.5);
    }
}

TEST(Overlap, WhatASentenceLeansOnCountsHalfAndItsNeighbourLess) {
    const std::vector<Passage> passages{
        {"", "The tower is in Ulm. It has many steps.", 1},
        {"", "The tower is in Ulm. Visitors climb many steps.", 1},
        {"", "The tower is in Ulm.\n\nVisitors climb many steps.", 1}};
    const auto found = candidates("q", passages);
    ASSERT_EQ(found.size(), 6U);
    const std::vector<double> values = Overlap("steps tower", found, passages).values();
    EXPECT_DOUBLE_EQ(values[5], 0.5) << "another paragraph says nothing";
    EXPECT_DOUBLE_EQ(values[1], 0.75);
    EXPECT_GT(values[3], values[5]);
    EXPECT_LT(values[3], values[1]);
}

TEST(Overlap, ANameThatIsEverywhereStillCounts) {
    const std::vector<Passage> passages{
        {"",
         "It is said that BERT reads. It is known that BERT writes. Some say BERT dreams. "
         "There are some who read.",
         1}};
    const auto found = candidates("q", passages);
    const std::vector<double> values = Overlap("Who says BERT reads?", found, passages).values();
    EXPECT_GT(values[0], values[3] + 0.1);
}

TEST(Overlap, OtherFormsOfAWordAreTheWord) {
    const std::vector<Passage> passages{{"", "Quantisation is by Jégou. It was written once.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_DOUBLE_EQ(Overlap("quantization", found, passages).values()[0], 1);
    EXPECT_DOUBLE_EQ(Overlap("wrote", found, passages).values()[1], 1);
}

TEST(Overlap, WordsThatNoSentenceHasLowerEveryValue) {
    const std::vector<Passage> passages{{"", "BERT is an encoder.", 1}};
    const auto found = candidates("q", passages);
    EXPECT_LT(Overlap("BERT with Pizza in Naples", found, passages).values()[0], 0.2);
}

TEST(Overlap, ANumberBelongsToItsName) {
    const std::vector<Passage> passages{{"", "GPT-3 has 4 variants of parameters.", 1},
                                        {"", "GPT-4 has parameters.", 1},
                                        {"", "GPT4 has parameters.", 1}};
    const auto found = candidates("q", passages);
    const Overlap overlap("parameters of GPT-4", found, passages);
    EXPECT_LT(overlap.values()[0], 0.6);
    EXPECT_DOUBLE_EQ(overlap.values()[1], 1.0);
}

TEST(Overlap, NamesThatAPassageLacks) {
    const std::vector<Passage> passages{
        {"", "GPT-3 was cheap.", 1}, {"GPT-4", "It was dear.", 1}, {"", "", 1}};
    EXPECT_EQ(missing_names(content_words("How dear was GPT-4?"), passages),
              (std::vector<char>{1, 0, 1}));
    EXPECT_EQ(missing_names(content_words("How dear was it?"), passages),
              (std::vector<char>{0, 0, 0}));
}

}  // namespace
}  // namespace lectern::passages
