#include "text/word_forms.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace lectern::text {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

TEST(WordForms, BritishAndAmericanSpellingAreOne) {
    for (const auto& [british, american] :
         {Pair{"quantisation", "quantization"}, Pair{"organised", "organized"},
          Pair{"analysing", "analyzing"}, Pair{"modelling", "modeling"},
          Pair{"labelled", "labeled"}, Pair{"colour", "color"}, Pair{"behavioural", "behavioral"},
          Pair{"centre", "center"}, Pair{"fibres", "fibers"}, Pair{"defence", "defense"},
          Pair{"catalogue", "catalog"}, Pair{"programme", "program"}, Pair{"grey", "gray"}})
        EXPECT_EQ(base_form(british), base_form(american)) << british;
}

TEST(WordForms, IrregularInflectionsAreOne) {
    for (const auto& [form, base] :
         {Pair{"wrote", "write"}, Pair{"written", "write"}, Pair{"built", "build"},
          Pair{"children", "child"}, Pair{"matrices", "matrix"}, Pair{"death", "die"},
          Pair{"winner", "win"}, Pair{"wars", "war"}, Pair{"laws", "law"}})
        EXPECT_EQ(base_form(form), base_form(base)) << form;
}

TEST(WordForms, PastTense) {
    for (const auto& [verb, past] :
         {Pair{"appear", "appeared"}, Pair{"write", "wrote"}, Pair{"come", "came"},
          Pair{"study", "studied"}, Pair{"play", "played"}, Pair{"propose", "proposed"}})
        EXPECT_EQ(past_form(verb), past) << verb;
}

TEST(WordForms, OtherWordsStayApart) {
    for (const auto& [one, other] :
         {Pair{"filling", "filing"}, Pair{"hour", "hor"}, Pair{"news", "new"}, Pair{"thus", "thu"},
          Pair{"mass", "mas"}, Pair{"found", "find"}, Pair{"four", "for"}, Pair{"1990s", "1990"}})
        EXPECT_NE(base_form(one), base_form(other)) << one;
}

TEST(WordForms, OfOtherScriptsAndNothing) {
    for (const std::string_view word : {"", "a", "é", "größe", "分词", "gpt-3", "ll", "is", "our"})
        EXPECT_EQ(base_form(word), word);
}

}  // namespace
}  // namespace lectern::text
