#include "text/content_words.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "text/text.hpp"

namespace lectern::text {
namespace {

TEST(StopWords, AreTheSmallWordsOfFiveLanguages) {
    for (const std::string_view word :
         {"the", "is", "what", "not", "doesn't", "der", "für", "über", "warum", "où", "était",
          "pourquoi", "qué", "dónde", "más", "è", "perché", "nella"})
        EXPECT_TRUE(is_stop_word(word)) << word;
}

TEST(StopWords, AreListedAsFolded) {
    for (const std::string_view word : {"The", "FÜR", "OÙ", "Perché", "WHAT"}) {
        EXPECT_FALSE(is_stop_word(word)) << word;
        EXPECT_TRUE(is_stop_word(fold(word))) << word;
    }
}

TEST(StopWords, AreNotTheWordsThatCarryContent) {
    for (const std::string_view word :
         {"", "bert", "sentence", "read", "never", "2017", "netz", "mot", "libro", "th", "thee"})
        EXPECT_FALSE(is_stop_word(word)) << word;
}

TEST(SameStem, JoinsInflections) {
    for (const auto& [left, right] : {std::pair<std::string_view, std::string_view>{"read", "read"},
                                      {"reads", "reading"},
                                      {"read", "reading"},
                                      {"network", "networks"},
                                      {"computer", "computing"},
                                      {"study", "studies"},
                                      {"wörter", "wörtern"},
                                      {"trained", "training"},
                                      {"running", "runs"},
                                      {"invention", "invented"},
                                      {"quantisation", "quantization"},
                                      {"colour", "colors"},
                                      {"wrote", "written"},
                                      {"cat", "cats"},
                                      {"a", "a"},
                                      {"", ""}}) {
        EXPECT_TRUE(same_stem(left, right)) << left << " " << right;
        EXPECT_TRUE(same_stem(right, left)) << right << " " << left;
    }
}

TEST(SameStem, KeepsOtherWordsApart) {
    for (const auto& [left, right] : {std::pair<std::string_view, std::string_view>{"cat", "car"},
                                      {"new", "news"},
                                      {"", "read"},
                                      {"read", "lead"},
                                      {"reads", "write"},
                                      {"transform", "transport"},
                                      {"inter", "international"},
                                      {"form", "formalism"},
                                      {"contract", "contrast"},
                                      {"police", "policy"},
                                      {"general", "generate"},
                                      {"unread", "read"},
                                      {"2017", "2018"},
                                      {"Read", "reads"}}) {
        EXPECT_FALSE(same_stem(left, right)) << left << " " << right;
        EXPECT_FALSE(same_stem(right, left)) << right << " " << left;
    }
}

}  // namespace
}  // namespace lectern::text
