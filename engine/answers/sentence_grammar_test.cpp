#include "engine/answers/sentence_grammar.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lectern {
namespace {

TEST(SentenceGrammar, OneOfTheSentences) {
    const std::vector<std::string> sentences{"It was built in 1874.", "1874 saw it."};
    EXPECT_EQ(sentence_grammar(sentences),
              "root ::= \"It was built in 1874.\" | \"1874 saw it.\"\n");
    EXPECT_EQ(sentence_grammar({}), "");
    // What ends a terminal is written so that it does not.
    const std::vector<std::string> quoted{"It is \"C:\\dir\"."};
    EXPECT_EQ(sentence_grammar(quoted), "root ::= \"It is \\\"C:\\\\dir\\\".\"\n");
}

TEST(OnePlainLine, WhiteSpaceAndWhatIsNoPlainText) {
    EXPECT_EQ(one_plain_line("  Ole\n\t Brandt "), "Ole Brandt");
    for (const char* other : {"a [1]", "a <b>", "a \x01", "a \xFF", " \n"})
        EXPECT_EQ(one_plain_line(other), "") << other;
}

TEST(WithCapital, TheFirstLetter) {
    EXPECT_EQ(with_capital("the harbour"), "The harbour");
    EXPECT_EQ(with_capital("éclair"), "Éclair");
    EXPECT_EQ(with_capital("15 cases"), "15 cases");
    EXPECT_EQ(with_capital(""), "");
}

}  // namespace
}  // namespace lectern
