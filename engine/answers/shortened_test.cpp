#include "engine/answers/shortened.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> forms(std::string_view question, std::string_view evidence) {
    return shortened(question, {1, evidence, "", 1});
}

TEST(Shortened, ToTheEndOfAClauseThatHasTheAnswer) {
    const auto found = forms("When did France take control of Algeria?",
                             "France took control of Algeria in 1830 but began in earnest to "
                             "rebuild after the fall of Paris, making friends.");
    EXPECT_THAT(found, Contains("France took control of Algeria in 1830."));
    EXPECT_THAT(found, Each(HasSubstr("1830")));
    EXPECT_THAT(forms("Who defeated the Steelers?",
                      "The Broncos defeated the Steelers, and the town was glad."),
                Contains("The Broncos defeated the Steelers."));
}

TEST(Shortened, NotInTheMiddleOfAListOrAName) {
    EXPECT_THAT(forms("Who was there?", "Ann and Bob were there, with cake, tea, and bread."),
                IsEmpty());
    EXPECT_THAT(forms("When was it?", "It was on the 3rd-and-9 of 1990 in the old town."),
                IsEmpty());
}

TEST(Shortened, OfAListToTheCountThatIsAskedFor) {
    EXPECT_THAT(forms("How many parameters does BERT Base have?",
                      "BERT Base has 12 layers, 12 heads and 110 million parameters."),
                Contains("BERT Base has 110 million parameters."));
}

TEST(Shortened, NothingWhereTheAnswerMightBeLost) {
    EXPECT_THAT(forms("What did the Panthers do?", "The Panthers won, and the Broncos lost."),
                IsEmpty())
        << "what must be kept is not known";
    EXPECT_THAT(forms("When did they win?", "They won in 1990, but the others won in 1991."),
                IsEmpty());
    EXPECT_THAT(forms("Who won?", "The Panthers won, but not against the Broncos."), IsEmpty());
    EXPECT_THAT(
        forms("When was it?", "It was in 1990, and it rained. It was warm, but the wind was cold."),
        IsEmpty())
        << "two sentences";
    EXPECT_THAT(forms("When was it?", ""), IsEmpty());
    EXPECT_THAT(forms("When did they back it?", "They only backed it when others began."),
                IsEmpty())
        << "no date";
}

TEST(Shortened, AGrammarOfTheForms) {
    const std::vector<std::string> texts{"a \"b\"", "c\\d"};
    EXPECT_EQ(one_of(texts), "root ::= \"a \\\"b\\\"\" | \"c\\\\d\"\n");
}

}  // namespace
}  // namespace lectern
