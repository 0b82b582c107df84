#include "index/lexical/spelling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/lexical/analysis.hpp"
#include "index/lexical/query.hpp"

namespace lectern::index::lexical {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> folded(std::string_view text) {
    std::vector<std::string> out;
    for (text::Word& word : spelled_words(text)) out.push_back(std::move(word.folded));
    return out;
}

TEST(Spelling, ApostrophesAreAlike) {
    EXPECT_THAT(folded("I don\u2019t"), ElementsAre("i", "don't"));
    EXPECT_EQ(folded("Newton\u2019s rock \u2018n\u2019 roll"), folded("Newton's rock 'n' roll"));
}

TEST(Spelling, ElidedWordsStandAlone) {
    EXPECT_THAT(folded("L\u2019\u00E9cole d'Alembert"),
                ElementsAre("l", "\u00E9cole", "d", "alembert"));
    EXPECT_THAT(folded("dell'acqua, qu\u2019il"), ElementsAre("dell", "acqua", "qu", "il"));
    EXPECT_THAT(folded("aujourd'hui O'Neill don't"),
                ElementsAre("aujourd'hui", "o'neill", "don't"));
}

TEST(Spelling, RangesAreThoseOfTheText) {
    const std::string_view text = "Vu \u00E0 l\u2019\u00E9cole !";
    std::vector<std::string_view> parts;
    for (const text::Word& word : spelled_words(text))
        parts.push_back(text.substr(word.range.begin, word.range.end - word.range.begin));
    EXPECT_THAT(parts, ElementsAre("Vu", "\u00E0", "l\u2019", "\u00E9cole"));
}

TEST(Spelling, AccentsComeOffLatinAndGreekLettersOnly) {
    const struct {
        std::string_view word, plain;
    } cases[] = {
        {"dvo\u0159\u00E1k", "dvorak"},
        {"\u0142\u00F3d\u017A", "lodz"},
        {"s\u00F8ren", "soren"},
        {"c\u0153ur", "coeur"},
        {"i\u0307stanbul", "istanbul"},  // "İstanbul" with its case folded
        {"\u0131\u011Fd\u0131r", "igdir"},
        {"\u03B1\u03B8\u03AE\u03BD\u03B1", "\u03B1\u03B8\u03B7\u03BD\u03B1"},
        {"\u043C\u043E\u0439", "\u043C\u043E\u0439"},  // Cyrillic й
        {"\u0939\u093F\u0928\u094D\u0926\u0940", "\u0939\u093F\u0928\u094D\u0926\u0940"},
        {"\u30C7\u30FC\u30BF", "\u30C7\u30FC\u30BF"},  // デ is not テ
        {"\uD55C\uAD6D\uC5B4", "\uD55C\uAD6D\uC5B4"},  // syllables stay whole
        {"plain", "plain"},
    };
    for (const auto& row : cases) EXPECT_EQ(without_accents(row.word), row.plain) << row.word;
}

TEST(Spelling, QueriesWithoutAccentsFindTheTerms) {
    Analyzer analyzer({});
    for (const auto& [typed, printed] :
         {std::pair{"etudier", "\u00E9tudier"}, std::pair{"eleve", "\u00E9l\u00E8ves"}})
        EXPECT_EQ(analyzer.term(typed, text::Language::french),
                  analyzer.term(printed, text::Language::french));
    EXPECT_EQ(analyzer.term("ninos", text::Language::spanish),
              analyzer.term("ni\u00F1os", text::Language::spanish));
}

TEST(Spelling, PhrasesAndPrefixesReadTheSameWords) {
    const QueryText query = read_query("\"l'\u00E9cole normale\" alemb*");
    EXPECT_TRUE(meets("", "Devant l\u2019\u00E9cole normale, d\u2019Alembert attend.", query));
    EXPECT_FALSE(meets("", "Devant une \u00E9cole normale, d\u2019Alembert attend.", query));
}

}  // namespace
}  // namespace lectern::index::lexical
