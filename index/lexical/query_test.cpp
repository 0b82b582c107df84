#include "index/lexical/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::index::lexical {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(QueryText, ReadsWordsPhrasesAndPrefixes) {
    const QueryText query = read_query("Flat \"Boundary Layer\" aero* plate");
    EXPECT_THAT(query.words, ElementsAre("flat", "boundary", "layer", "plate"));
    EXPECT_THAT(query.phrases, ElementsAre(ElementsAre("boundary", "layer")));
    EXPECT_THAT(query.prefixes, ElementsAre("aero"));
    EXPECT_TRUE(query.demands());
}

TEST(QueryText, HalfQuotesAndLoneStarsMeanNothing) {
    for (const std::string_view text : {"5 inch 3\" pipe", "a * b", "what is \"\" this", "***"}) {
        const QueryText query = read_query(text);
        EXPECT_FALSE(query.demands()) << text;
    }
    EXPECT_THAT(read_query("").words, IsEmpty());
}

TEST(QueryText, KnowsTypographicQuotes) {
    EXPECT_THAT(read_query("\u201CGrüner Tee\u201D").phrases,
                ElementsAre(ElementsAre("grüner", "tee")));
    EXPECT_THAT(read_query("\u201Eweißer Tee\u201C").phrases,
                ElementsAre(ElementsAre("weisser", "tee")));
}

TEST(QueryText, DemandsAreMetByChunkOrTitleExactly) {
    const struct {
        std::string_view query, title, chunk;
        bool met;
    } cases[] = {
        {"\"boundary layer\"", "", "the Boundary Layer grows", true},
        {"\"boundary layer\"", "", "the layer at the boundary", false},
        {"\"boundary layer\"", "", "boundary layers", false},
        {"\"boundary layer\"", "Boundary layer theory", "a plate", true},
        {"\"boundary layer\"", "boundary", "layer", false},
        {"aero*", "", "of aerodynamics", true},
        {"aero*", "", "an aerial", false},
        {"happy*", "", "happiness and happyend", true},
        {"\"flat plate\" aero*", "", "flat plate", false},
        {"\"flat plate\" aero*", "Aerofoils", "flat plate", true},
    };
    for (const auto& row : cases)
        EXPECT_EQ(meets(row.title, row.chunk, read_query(row.query)), row.met)
            << row.query << " / " << row.title << " / " << row.chunk;
}

}  // namespace
}  // namespace lectern::index::lexical
