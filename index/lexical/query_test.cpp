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
    EXPECT_TRUE(query.has_conditions());
    EXPECT_EQ(query.plain, "Flat  Boundary Layer  aero  plate");
}

TEST(QueryText, HalfQuotesAndLoneStarsMeanNothing) {
    for (const std::string_view text : {"5 inch 3\" pipe", "a * b", "what is \"\" this", "***"}) {
        const QueryText query = read_query(text);
        EXPECT_FALSE(query.has_conditions()) << text;
    }
    EXPECT_THAT(read_query("").words, IsEmpty());
}

TEST(QueryText, KnowsTypographicQuotes) {
    EXPECT_THAT(read_query("\u201CGrüner Tee\u201D").phrases,
                ElementsAre(ElementsAre("grüner", "tee")));
    EXPECT_THAT(read_query("\u201Eweißer Tee\u201C").phrases,
                ElementsAre(ElementsAre("weisser", "tee")));
}

TEST(QueryText, ReadsWhatIsExcluded) {
    const QueryText query = read_query("wing -drag -\"flat plate\" -hyper* -two-part \u00E9tage");
    EXPECT_THAT(query.words, ElementsAre("wing", "\u00E9tage"));
    EXPECT_THAT(query.without, ElementsAre(ElementsAre("drag"), ElementsAre("flat", "plate"),
                                           ElementsAre("two", "part")));
    EXPECT_THAT(query.without_prefixes, ElementsAre("hyper"));
    EXPECT_TRUE(query.must_read());
    EXPECT_THAT(query.plain, ::testing::StartsWith("wing"));
    EXPECT_THAT(query.plain, ::testing::EndsWith("\u00E9tage"));
    EXPECT_EQ(query.plain.find("drag"), std::string::npos);
    EXPECT_FALSE(read_query("wing -drag").must_read());
}

// A minus sign is often no more than a dash, a sign of a number, or a part of a word.
TEST(QueryText, AMinusSignThatExcludesNothing) {
    for (const std::string_view text :
         {"well-known", "-5 degrees", "a - b", "- - -", "git --force", "-", "two -", "x -\"", "--x",
          "\u2212x", "3-4", "e-mail -- phone"}) {
        const QueryText query = read_query(text);
        EXPECT_FALSE(query.has_conditions()) << text;
    }
}

TEST(QueryText, ProseHasNoSigns) {
    const QueryText query = read_query("who wrote \"Hamlet\" -and when* ?", true);
    EXPECT_FALSE(query.has_conditions());
    EXPECT_THAT(query.words, ElementsAre("who", "wrote", "hamlet", "and", "when"));
    EXPECT_EQ(query.plain, "who wrote \"Hamlet\" -and when* ?");
}

TEST(QueryText, TheLastWordIsThatBeforeTheEnd) {
    const struct {
        std::string_view text, last;
    } cases[] = {{"boundary lay", "lay"}, {"lay ", ""}, {"lay.", ""},
                 {"\"a lay\"", ""},       {"-lay", ""}, {"lay*", ""},
                 {"a \"b\" c", "c"},      {"", ""}};
    for (const auto& row : cases) EXPECT_EQ(read_query(row.text).last, row.last) << row.text;
}

TEST(QueryText, WithExclusionsAloneThereIsNothingToLookFor) {
    for (const std::string_view text : {"-wing", " -wing -\"flat plate\" ", "-wing\n"}) {
        const QueryText query = read_query(text);
        EXPECT_EQ(query.plain, "") << text;
        EXPECT_TRUE(query.has_conditions()) << text;
    }
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
        {"plate -\"boundary layer\"", "", "a plate's boundary layer", false},
        {"plate -\"boundary layer\"", "Boundary layer", "a plate", false},
        {"plate -\"boundary layer\"", "", "a layer at the boundary", true},
        {"plate -aero*", "", "an aerodynamic plate", false},
        {"plate -aero*", "", "an aerial plate", true},
    };
    for (const auto& row : cases)
        EXPECT_EQ(meets(row.title, row.chunk, read_query(row.query)), row.met)
            << row.query << " / " << row.title << " / " << row.chunk;
}

}  // namespace
}  // namespace lectern::index::lexical
