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

}  // namespace
}  // namespace lectern
