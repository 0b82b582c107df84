// The scoring is tested with vectors whose cosines are known; real embedders are tested with the
// pipeline.
#include "passages/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace lectern::passages {
namespace {

// The cosine of a text and any question is 0.9 when the text says "encoder", otherwise 0.1. Texts
// with different lengths differ in the other dimensions.
std::vector<float> embed(const std::vector<std::string_view>& texts, Purpose purpose) {
    std::vector<float> out;
    for (const std::string_view text : texts) {
        const double cosine = purpose == Purpose::query           ? 1
                              : text.find("encoder") != text.npos ? 0.9
                                                                  : 0.1;
        const double rest = std::sqrt(1 - cosine * cosine);
        const auto angle = static_cast<double>(text.size());
        out.push_back(static_cast<float>(cosine));
        out.push_back(static_cast<float>(rest * std::cos(angle)));
        out.push_back(static_cast<float>(rest * std::sin(angle)));
    }
    return out;
}

std::vector<std::string> evidence(std::string_view question, const std::vector<Passage>& passages,
                                  std::size_t most = 5, ReadOptions options = {}) {
    options.min_score = 0;
    std::vector<std::string> out;
    for (const Evidence& e : read(question, passages, most, options, embed))
        out.emplace_back(piece(passages[e.passage].text, e.range));
    return out;
}

TEST(Read, BestFirst) {
    const std::vector<Passage> passages{
        {"Cats", "Cats sleep all day. They eat fish.", 0.2},
        {"BERT", "# BERT\n\nBERT is an encoder that reads. It has twelve layers.", 0.8}};
    const auto found = evidence("What is BERT?", passages, 2);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], "BERT is an encoder that reads.");
    EXPECT_EQ(found[1], "It has twelve layers.") << "its title and its passage speak for it";
}

TEST(Read, ScoresAreProbabilities) {
    const std::vector<Passage> passages{{"BERT", "BERT is an encoder. Cats sleep all day.", 1}};
    const auto found = read("What is BERT?", passages, 9, {}, embed);
    for (const Evidence& e : found) {
        EXPECT_GT(e.score, 0);
        EXPECT_LT(e.score, 1);
    }
    ReadOptions strict;
    strict.min_score = 1;
    EXPECT_TRUE(read("What is BERT?", passages, 9, strict, embed).empty());
}

TEST(Read, ANumberThatIsAskedForIsPreferred) {
    const std::vector<Passage> passages{
        {"", "BERT was published by Google. BERT was published in 2018.", 1}};
    EXPECT_EQ(evidence("When was BERT published?", passages, 1).front(),
              "BERT was published in 2018.");
    EXPECT_EQ(evidence("Who published BERT?", passages, 2).size(), 2U);
}

TEST(Read, APassageThatLacksTheNameAnswersLess) {
    const std::vector<Passage> with{{"", "The encoder BERT has twelve layers.", 1}};
    const std::vector<Passage> without{{"", "The encoder Ernie has twelve layers.", 1}};
    const auto score_of = [](const std::vector<Passage>& passages) {
        return read("How many layers has BERT?", passages, 1, {}, embed).front().score;
    };
    EXPECT_LT(score_of(without), score_of(with) / 2);
}

TEST(Read, APassageThatLacksWhatIsToBeDefinedAnswersLess) {
    const auto score_of = [](std::string_view text, double weight) {
        const std::vector<Passage> passages{{"", text, 1}};
        ReadOptions options;
        options.missing_term_weight = weight;
        return read("What is a sparse encoder?", passages, 1, options, embed).front().score;
    };
    const double shipped = ReadOptions().missing_term_weight;
    const char* without = "An encoder is a model that is seldom sparse.";
    EXPECT_LT(score_of(without, shipped), score_of(without, 0));
    const char* with = "A sparse encoder is a model that is seldom large.";
    EXPECT_EQ(score_of(with, shipped), score_of(with, 0));
}

TEST(Read, ANumberCountsWhatIsAskedFor) {
    const std::vector<Passage> passages{
        {"", "The encoder BERT has 2 large heads. The encoder BERT has 12 layers.", 1}};
    EXPECT_EQ(evidence("How many layers has the encoder BERT?", passages, 1).front(),
              "The encoder BERT has 12 layers.");
}

TEST(Read, NearDuplicatesAreLeftOut) {
    const std::vector<Passage> passages{
        {"", "BERT is an encoder that reads. BERT is an Encoder, that reads!", 1},
        {"", "BERT is an encoder that reads.", 0.5}};
    EXPECT_EQ(evidence("What is BERT?", passages).size(), 1U);
}

TEST(Read, ASentenceThatLeansOnTheLastIsGivenWithIt) {
    const std::vector<Passage> passages{
        {"", "Devlin wrote about BERT. It is an encoder.\n\nIt is an encoder that has layers.", 1}};
    const auto found = evidence("What kind of encoder?", passages, 2);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_THAT(found, testing::UnorderedElementsAre("Devlin wrote about BERT. It is an encoder.",
                                                     "It is an encoder that has layers."))
        << "a paragraph begins anew";
}

TEST(Read, WhatIsEvidenceAlreadyIsNotGivenAgainAsContext) {
    const std::vector<Passage> passages{
        {"", "BERT is an encoder by Devlin. It has twelve layers.", 1}};
    EXPECT_EQ(evidence("Which encoder is by Devlin?", passages, 2),
              (std::vector<std::string>{"BERT is an encoder by Devlin.", "It has twelve layers."}));
}

TEST(Read, AnExplanationGoesOnBesideItsBeginning) {
    const std::vector<Passage> passages{
        {"", "Every encoder here is slow. Readers take each word.", 0.5},
        {"", "Slow cats live there.", 1}};
    const std::string beginning = "Every encoder here is slow.";
    EXPECT_EQ(evidence("Why is every encoder here slow?", passages, 2),
              (std::vector<std::string>{beginning, "Readers take each word."}));
    EXPECT_EQ(evidence("Which is the encoder here, every slow one?", passages, 2),
              (std::vector<std::string>{beginning, "Slow cats live there."}));
}

TEST(Read, WhatIsAskedForCounts) {
    const std::vector<Passage> passages{
        {"", "BERT was published by many.\n\nBERT was published by Devlin.", 1}};
    EXPECT_EQ(evidence("Who published BERT?", passages, 1).front(),
              "BERT was published by Devlin.");
    const std::vector<Passage> two{{"", "The encoder BERT has layers.\n\nBERT is an encoder.", 1}};
    EXPECT_EQ(evidence("What is BERT?", two, 1).front(), "BERT is an encoder.");
}

TEST(Read, OnlyTheBestByWordsAreEmbedded) {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "Nothing to see in this number " + std::to_string(i) + ". ";
    text += "BERT reads whole texts.";
    std::size_t embedded = 0;
    const std::vector<Passage> passages{{"", text, 1}};
    ReadOptions options;
    options.max_sentences = 10;
    const auto found = read("What does BERT read?", passages, 1, options,
                            [&](const std::vector<std::string_view>& texts, Purpose purpose) {
                                embedded += texts.size();
                                return embed(texts, purpose);
                            });
    EXPECT_EQ(embedded, 11U);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(piece(text, found[0].range), "BERT reads whole texts.");
}

TEST(Read, HostileInput) {
    EXPECT_TRUE(evidence("", {}).empty());
    EXPECT_TRUE(evidence("q", {{"", "", 0}}).empty());
    EXPECT_EQ(evidence("", {{"", "BERT is an encoder.", -1}}).size(), 1U);
    EXPECT_EQ(evidence(std::string(100000, '?'), {{"", "BERT is an encoder.", NAN}}).size(), 1U);
    std::string question;
    for (int i = 0; i < 2000; ++i) question += "word" + std::to_string(i) + " ";
    EXPECT_EQ(evidence(question, {{"", "BERT is an encoder.", 1}}).size(), 1U);
    EXPECT_TRUE(evidence("q", {{"", "BERT is an encoder.", 1}}, 0).empty());
}

}  // namespace
}  // namespace lectern::passages
