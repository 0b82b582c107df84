#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "text/text.hpp"

namespace lectern::text {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> pieces(std::string_view text) {
    std::vector<std::string> out;
    for (const Range range : sentences(text))
        out.emplace_back(text.substr(range.begin, range.end - range.begin));
    return out;
}

TEST(Sentences, EndAtFullStopsQuestionAndExclamationMarks) {
    EXPECT_THAT(pieces("  BERT reads. GPT writes!  Why?\n"),
                ElementsAre("BERT reads.", "GPT writes!", "Why?"));
    EXPECT_THAT(pieces(""), ElementsAre());
    EXPECT_THAT(pieces(" \n\t "), ElementsAre());
    EXPECT_THAT(pieces("no full stop"), ElementsAre("no full stop"));
    EXPECT_THAT(pieces("Wait... What?! Yes."), ElementsAre("Wait...", "What?!", "Yes."));
}

TEST(Sentences, KeepQuotesAndBracketsWithTheirSentence) {
    EXPECT_THAT(
        pieces("He said \"Stop.\" Then he left. (It was late.) “Why?” She knew."),
        ElementsAre("He said \"Stop.\"", "Then he left.", "(It was late.)", "“Why?”", "She knew."));
    EXPECT_THAT(pieces("\"Why?\" she asked. Yahoo! is a name."),
                ElementsAre("\"Why?\" she asked.", "Yahoo! is a name."));
}

// Each is one sentence.
TEST(Sentences, AreNotEndedByAbbreviations) {
    for (const std::string_view text : {
             "Dr. Smith and Prof. Jones met Mrs. Brown.",
             "See e.g. Table 3, i.e. Fig. 2 and Eq. 4, cf. Section 5.",
             "Vaswani et al. (2017) proposed it.",
             "It was shown by Devlin et al. (2019).",
             "J. R. R. Tolkien and J.-P. Serre wrote.",
             "The U.S. Army bought it.",
             "John Smith Jr. Apologised.",
             "Pi is about 3.14 and v. 2.0 is out.",
             "On Jan. 3 we read pp. 12 and No. 5 of vol. 7.",
             "Das gilt z. B. Für Nomen, d. h. Wörter, bzw. Sätze, vgl. Abb. 3.",
             "Am 3. Oktober im 19. Jahrhundert.",
             "Visit example.com/a?b=C!d or Node.js now.",
             "It rose by .5 percent at 5 p.m. Eastern time.",
             "Ms. A. Lovelace, Ph.D. Fellow.",
         })
        EXPECT_THAT(pieces(text), ElementsAre(std::string(text)));
}

TEST(Sentences, EndBehindAnAbbreviationWhenASentenceBegins) {
    EXPECT_THAT(pieces("He lives in the U.S. The weather is fine."),
                ElementsAre("He lives in the U.S.", "The weather is fine."));
    EXPECT_THAT(pieces("It was made by Acme Inc. However, it failed."),
                ElementsAre("It was made by Acme Inc.", "However, it failed."));
    EXPECT_THAT(pieces("The answer is no. We know."), ElementsAre("The answer is no.", "We know."));
    EXPECT_THAT(pieces("Cats, dogs, etc. Birds too."),
                ElementsAre("Cats, dogs, etc.", "Birds too."));
    EXPECT_THAT(pieces("It was plan B. It worked."), ElementsAre("It was plan B.", "It worked."));
    EXPECT_THAT(pieces("That was in 2018. Then GPT came."),
                ElementsAre("That was in 2018.", "Then GPT came."));
}

TEST(Sentences, MayBeginWithANameInLowerCase) {
    EXPECT_THAT(pieces("It learns vectors. word2vec does it too. fastText adds n-grams. and so on"),
                ElementsAre("It learns vectors.", "word2vec does it too.",
                            "fastText adds n-grams. and so on"));
    EXPECT_THAT(pieces("Static models, e.g. word2vec, are small."),
                ElementsAre("Static models, e.g. word2vec, are small."));
}

TEST(Sentences, EndAtAMarkThatStandsAlone) {
    EXPECT_THAT(
        pieces("the flow is viscous . it is shown in fig . 3 . why ? we say . . . and so on ."),
        ElementsAre("the flow is viscous .", "it is shown in fig . 3 .", "why ?",
                    "we say . . . and so on ."));
}

TEST(Sentences, EndAtBlankLinesHeadingsAndListItems) {
    EXPECT_THAT(
        pieces("# A heading. With two parts\nA line\nand the next.\r\n\r\nAnother one\n"
               "\n- first\n- second. Third\n  goes on\n\n1. One. Two\n2. Three\n"),
        ElementsAre("# A heading. With two parts", "A line\nand the next.", "Another one",
                    "- first", "- second.", "Third\n  goes on", "1. One.", "Two", "2. Three"));
    EXPECT_THAT(pieces("Title\n=====\nText\n---\nMore"), ElementsAre("Title", "Text", "More"));
    EXPECT_THAT(pieces("| a | b |\n|---|---|\n| c. D | e |\n"),
                ElementsAre("| a | b |", "| c. D | e |"));
    EXPECT_THAT(
        pieces("Prices\nBoat | Price\nHeron | 120. And so on\n\nA line with a | b\nis text."),
        ElementsAre("Prices", "Boat | Price", "Heron | 120. And so on",
                    "A line with a | b\nis text."));
    EXPECT_THAT(pieces("a. Open it\nb. Close it\n\niv) Stop it\n\nas in e.\ng. this"),
                ElementsAre("a. Open it", "b. Close it", "iv) Stop it", "as in e.\ng. this"));
    EXPECT_THAT(pieces("1.2. Results\n\nIt came in\n1986. The next came later."),
                ElementsAre("1.2. Results", "It came in\n1986.", "The next came later."));
    EXPECT_THAT(pieces("#hashtag is no heading\n-5 is no item"),
                ElementsAre("#hashtag is no heading\n-5 is no item"));
}

TEST(Sentences, EndInOtherScripts) {
    EXPECT_THAT(pieces("我爱自然语言处理。你呢？“很好！”他说。"),
                ElementsAre("我爱自然语言处理。", "你呢？", "“很好！”", "他说。"));
    EXPECT_THAT(pieces("自然言語処理は楽しい。BERTを使う｡そうですか！はい"),
                ElementsAre("自然言語処理は楽しい。", "BERTを使う｡", "そうですか！", "はい"));
    EXPECT_THAT(pieces("你好!我很好.他呢"), ElementsAre("你好!", "我很好.", "他呢"));
    EXPECT_THAT(pieces("यह पहला है। यह दूसरा है।"), ElementsAre("यह पहला है।", "यह दूसरा है।"));
    EXPECT_THAT(pieces("كيف حالك؟ أنا بخير."), ElementsAre("كيف حالك؟", "أنا بخير."));
    EXPECT_THAT(pieces("Привет. Как дела? Хорошо."),
                ElementsAre("Привет.", "Как дела?", "Хорошо."));
}

TEST(Sentences, KeepTheNumbersOfNotes) {
    EXPECT_THAT(pieces("It reads.[1] It writes.[2][3, 4] End"),
                ElementsAre("It reads.[1]", "It writes.[2][3, 4]", "End"));
    EXPECT_THAT(pieces("a[1].[x] B"), ElementsAre("a[1].[x] B"));
}

// Whatever comes in: ranges in order, at character boundaries, no white space at the ends, and
// every letter in a sentence.
TEST(Sentences, CoverRandomText) {
    const std::vector<std::string> alphabet = {
        "a", "B", "1",      ".",      "!",      "?",  "\"",  "(",    ")",      "[",   "]",  ",",
        " ", " ", "\n",     "\n",     "\r",     "#",  "-",   "|",    "é",      "É",   "中", "。",
        "”", "“", "\u2029", "\u00a0", "\u3000", "Dr", "e.g", "🙂", "\u0301", "\xFF"};
    std::mt19937 random(11);
    for (int round = 0; round < 5000; ++round) {
        std::string text;
        const std::size_t length = random() % 40;
        for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
        std::string covered(text.size(), ' ');
        std::size_t last = 0;
        for (const Range range : sentences(text)) {
            ASSERT_LE(last, range.begin) << text;
            ASSERT_LT(range.begin, range.end) << text;
            ASSERT_LE(range.end, text.size()) << text;
            const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r'; };
            ASSERT_FALSE(is_space(text[range.begin]) || is_space(text[range.end - 1])) << text;
            ASSERT_NE(static_cast<unsigned char>(text[range.begin]) & 0xC0, 0x80) << text;
            covered.replace(range.begin, range.end - range.begin,
                            std::string(range.end - range.begin, 'x'));
            last = range.end;
        }
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool letter = text[i] == 'a' || text[i] == 'B' || text[i] == '1';
            ASSERT_TRUE(!letter || covered[i] == 'x') << text << " at " << i;
        }
    }
}

}  // namespace
}  // namespace lectern::text
