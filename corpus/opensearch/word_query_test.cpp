#include "corpus/opensearch/word_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

// What each term of a query weighs.
std::map<std::string, double> weights(const WordPlan& plan) {
    std::map<std::string, double> out;
    for (const boost::json::value& clause : plan.should)
        out[text_at(clause, "term", "words", "value")] =
            number_at(clause, "term", "words", "boost");
    return out;
}

index::Synonyms synonyms(std::string_view text) {
    auto out = index::Synonyms::parse(text);
    EXPECT_TRUE(out.ok()) << out.status().message();
    return *std::move(out);
}

TEST(WordQuery, SynonymsCountLessThanWhatWasAskedFor) {
    const index::Synonyms list = synonyms("car, automobile, motor vehicle\n");
    const auto query = index::lexical::read_query("red cars car");
    WordReader reader(index::AnalysisOptions{text::Language::english, true});
    const ClusterWords words(query, false, others_of(query, &list));
    const auto found = weights(reader.plan(words));
    EXPECT_DOUBLE_EQ(found.at("red"), 1);
    EXPECT_DOUBLE_EQ(found.at("car"), 2);  // of both forms
    EXPECT_DOUBLE_EQ(found.at("automobil"), 0.6);
    EXPECT_DOUBLE_EQ(found.at("motor"), 0.3);  // one half of a synonym
    EXPECT_DOUBLE_EQ(found.at("vehicl"), 0.3);
    EXPECT_EQ(words.marks("An automobile is red.").size(), 2U);
}

TEST(WordQuery, OneWordStandsForAnotherAndNotTheOtherWay) {
    const index::Synonyms list = synonyms("ml => learning\n");
    WordReader reader(index::AnalysisOptions{text::Language::english, true});
    const auto there = index::lexical::read_query("ml");
    const WordPlan plan = reader.plan(ClusterWords(there, false, others_of(there, &list)));
    EXPECT_EQ(weights(plan), (std::map<std::string, double>{{"learn", 0.6}, {"ml", 1}}));
    const auto back = index::lexical::read_query("learning");
    EXPECT_THAT(others_of(back, &list), IsEmpty());
    EXPECT_THAT(others_of(there, nullptr), IsEmpty());
}

TEST(WordQuery, TheWordsOfADocumentAreItsMostFrequent) {
    WordReader reader(index::AnalysisOptions{text::Language::english, true});
    const auto words = reader.words_of_document(
        "Ferries", "The ferry of the harbour carries cars. The ferry leaves at eight.", 3, 2);
    ASSERT_EQ(words.size(), 2U);  // the most there may be
    std::vector<std::string> folded;
    for (const TellingWord& word : words) folded.push_back(word.word);
    EXPECT_THAT(folded, Contains("ferry"));
    EXPECT_THAT(folded, Contains("ferries"));
    EXPECT_THAT(folded, Not(Contains("the")));
    for (const TellingWord& word : words) {
        EXPECT_DOUBLE_EQ(word.weight, 2) << word.word;
        // Every chunk has the title's words.
        EXPECT_EQ(word.own, word.word == "ferries" ? 3U : 2U) << word.word;
    }
}

}  // namespace
}  // namespace lectern::corpus::opensearch
