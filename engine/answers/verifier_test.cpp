#include "engine/answers/verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::array<NumberedEvidence, 4> evidence{{
    {1, "BERT reads the whole sentence in both directions at once.", "BERT"},
    {2, "GPT does not look at later words; it predicts the next word.", "GPT"},
    {3, "The corpus of Martha Miller holds 3,300 books and weighs 1.5 tonnes.", "Libraries"},
    {4, "Es gibt einen Beweis für diese Vermutung.", ""},
}};
constexpr std::string_view question = "How does BERT read a sentence?";

struct Case {
    std::string_view sentence;
    std::string_view reason;  // a part of it; empty: supported
    std::vector<unsigned> cited;
};

void PrintTo(const Case& value, std::ostream* out) {
    *out << '"' << value.sentence << '"';
}

class VerifierTable : public ::testing::TestWithParam<Case> {};

TEST_P(VerifierTable, SupportsOrNamesTheReason) {
    const Case& expected = GetParam();
    SCOPED_TRACE(expected.sentence);
    const Verdict verdict = verify_sentence(expected.sentence, question, evidence);
    EXPECT_EQ(verdict.supported, expected.reason.empty());
    if (expected.reason.empty()) {
        EXPECT_EQ(verdict.reason, "");
    } else {
        EXPECT_THAT(verdict.reason, HasSubstr(expected.reason));
    }
    if (!expected.cited.empty()) {
        EXPECT_EQ(verdict.cited, expected.cited);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Marks, VerifierTable,
    ::testing::Values(
        Case{"BERT reads the sentence in both directions [1].", "", {1}},
        Case{"BERT is reading sentences in both directions [1].", "", {1}},
        Case{"BERT reads the sentence in both directions.", "", {1}},
        Case{"GPT does not look at later words.", "", {2}},
        // Marked wrongly, but another evidence carries it.
        Case{"BERT reads the sentence in both directions [3].", "", {1}},
        Case{"BERT reads the sentence in both directions [1][2].", "", {1}},
        Case{"BERT reads in both directions, GPT predicts the next word and not the later [2, 1].",
             "",
             {1, 2}},
        Case{"BERT reads the sentence in both directions [9].", "[9] has no evidence", {1}},
        Case{"BERT reads the sentence in both directions [0].", "[0] has no evidence", {1}},
        Case{"BERT reads in both directions [99999999999999999999].", "has no evidence", {1}},
        // Not a mark: part of the sentence.
        Case{"BERT reads the sentence [sic] in both directions [1].", "", {1}},
        Case{"BERT reads in both directions [1-7].", "'1' is not in the evidence", {}}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, VerifierTable,
    ::testing::Values(Case{"The corpus holds 3,300 books [3].", "", {3}},
                      Case{"The corpus holds 3300 books [3].", "", {3}},
                      Case{"The corpus weighs 1.5 tonnes [3].", "", {3}},
                      Case{"The corpus holds 3,301 books [3].", "'3301' is not", {3}},
                      Case{"The corpus weighs 15 tonnes [3].", "'15' is not", {3}},
                      // A decimal comma groups no thousands.
                      Case{"The corpus holds 33,00 books [3].", "'33,00' is not", {3}},
                      // No content word but the number, which the evidence has.
                      Case{"It was 3,300 [3].", "", {3}}));

INSTANTIATE_TEST_SUITE_P(
    Names, VerifierTable,
    ::testing::Values(Case{"The corpus of Martha Miller holds books [3].", "", {3}},
                      Case{"The books are in Martha Miller's corpus [3].", "", {3}},
                      // Names in the title count.
                      Case{"The corpus of the Libraries holds books [3].", "", {3}},
                      Case{"The corpus of Google holds books [3].", "'google' is not", {3}},
                      // Alike at their beginning, and yet other people.
                      Case{"The corpus of Martin Miller holds books [3].", "'martin' is not", {3}},
                      Case{"The corpus of Martha Millet holds books [3].", "'millet' is not", {3}},
                      // The first word is a name when more than its first letter is a capital.
                      Case{"ELMO reads the whole sentence in both directions at once [1].",
                           "'elmo' is not",
                           {1}}));

INSTANTIATE_TEST_SUITE_P(
    Negation, VerifierTable,
    ::testing::Values(
        Case{"BERT does not read the sentence in both directions [1].", "negates", {1}},
        Case{"BERT never reads the sentence in both directions at once [1].", "negates", {1}},
        Case{"GPT looks at later words [2].", "negates", {2}},
        Case{"GPT doesn't look at later words [2].", "", {2}},
        Case{"GPT doesn’t look at later words [2].", "", {2}},
        Case{"GPT couldn’t look [2].", "", {2}},
        Case{"BERT couldn't read the sentence in both directions [1].", "negates", {1}},
        Case{"Es gibt einen Beweis [4].", "", {4}},
        Case{"Es gibt keinen Beweis [4].", "negates", {4}},
        Case{"Es gibt nicht einen Beweis [4].", "negates", {4}}));

INSTANTIATE_TEST_SUITE_P(
    Substance, VerifierTable,
    ::testing::Values(Case{"BERT reads a sentence [1].", "only repeats the question", {1}},
                      Case{"How does BERT read a sentence?", "a question", {}},
                      Case{"它怎么阅读？", "a question", {}},
                      Case{"BERT was trained on expensive hardware by researchers [1].",
                           "too few of its words",
                           {1}},
                      Case{"It is so [1].", "too few of its words", {}}, Case{"...", "too few", {}},
                      Case{"", "no text", {}}, Case{" [1] ", "no text", {}}));

TEST(Verifier, GivesTheTextWithoutMarks) {
    const auto text = [](std::string_view sentence) {
        return verify_sentence(sentence, question, evidence).text;
    };
    EXPECT_EQ(text("  BERT reads [1].\n"), "BERT reads.");
    EXPECT_EQ(text("[1] BERT reads [1, 2] both [3][1] ways. [2]"), "BERT reads both ways.");
    EXPECT_EQ(text("An array[i] and [ an open [2] one"), "An array[i] and [ an open one");
}

TEST(Verifier, SupportsNothingWithoutEvidence) {
    for (const std::string_view sentence : {"BERT reads both ways.", "BERT reads both ways [1]."}) {
        const Verdict verdict = verify_sentence(sentence, question, {});
        EXPECT_FALSE(verdict.supported);
        EXPECT_EQ(verdict.reason, "no evidence");
        EXPECT_THAT(verdict.cited, IsEmpty());
    }
}

TEST(Verifier, FindsTheMarkAndNotThePlaceOfEvidence) {
    const std::array<NumberedEvidence, 2> others{
        {{7, "Whales are mammals.", ""}, {5, "Sharks are fish with gills.", ""}}};
    const Verdict verdict = verify_sentence("Sharks have gills.", "What is a shark?", others);
    EXPECT_TRUE(verdict.supported) << verdict.reason;
    EXPECT_THAT(verdict.cited, ElementsAre(5));
    EXPECT_FALSE(verify_sentence("Sharks have gills [1].", "What is a shark?", others).supported);
}

TEST(Verifier, AsksForTheShareOfWordsThatTheOptionsSay) {
    // "bert", "reads", "directions" of five content words.
    constexpr std::string_view sentence = "BERT reads directions quickly everywhere [1].";
    EXPECT_TRUE(verify_sentence(sentence, question, evidence, {.min_support = 0.6}).supported);
    EXPECT_FALSE(verify_sentence(sentence, question, evidence, {.min_support = 0.61}).supported);
}

TEST(WithMarks, PutsThemInFrontOfTheFinalStop) {
    const std::array<unsigned, 2> two{1, 12};
    const std::array<unsigned, 1> one{3};
    EXPECT_EQ(with_marks("It reads both ways.", two), "It reads both ways [1][12].");
    EXPECT_EQ(with_marks("It reads!", one), "It reads [3]!");
    EXPECT_EQ(with_marks("Es liest", one), "Es liest [3]");
    EXPECT_EQ(with_marks("它双向阅读。", one), "它双向阅读 [3]。");
    EXPECT_EQ(with_marks("It is about 3.5 of v. 2", one), "It is about 3.5 of v. 2 [3]");
    EXPECT_EQ(with_marks("And so on...", one), "And so on [3]...");
    EXPECT_EQ(with_marks("Really?!", one), "Really [3]?!");
    EXPECT_EQ(with_marks("it ends here .", one), "it ends here [3].");
    EXPECT_EQ(with_marks("No marks.", {}), "No marks.");
}

}  // namespace
}  // namespace lectern
