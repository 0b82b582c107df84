#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <memory>
#include <random>
#include <string>
#include <thread>

#include "text/text.hpp"

namespace lectern::text {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> pieces(std::string_view text) {
    std::vector<std::string> out;
    for (const Word& word : words(text))
        out.emplace_back(text.substr(word.range.begin, word.range.end - word.range.begin));
    return out;
}

std::vector<std::string> folded(std::string_view text) {
    std::vector<std::string> out;
    for (const Word& word : words(text)) out.push_back(word.folded);
    return out;
}

TEST(Words, LeavesOutSpacesAndPunctuation) {
    EXPECT_THAT(pieces("Why is BERT not GPT?"), ElementsAre("Why", "is", "BERT", "not", "GPT"));
    EXPECT_THAT(pieces("can't, 3.14; x86-64: f_x (1,000)"),
                ElementsAre("can't", "3.14", "x86", "64", "f_x", "1,000"));
    EXPECT_THAT(pieces(""), ElementsAre());
    EXPECT_THAT(pieces(" \t\n -- ___ !?"), ElementsAre());
}

TEST(Words, SplitsScripts) {
    EXPECT_THAT(pieces("Die Größe der Straße"), ElementsAre("Die", "Größe", "der", "Straße"));
    EXPECT_THAT(pieces("Привет, мир!"), ElementsAre("Привет", "мир"));
    EXPECT_THAT(pieces("我爱自然语言处理。"), ElementsAre("我", "爱", "自然", "语言", "处理"));
    EXPECT_THAT(pieces("自然言語処理は楽しい。"),
                ElementsAre("自然", "言語", "処理", "は", "楽しい"));
    EXPECT_THAT(pieces("한국어 처리"), ElementsAre("한국어", "처리"));
    EXPECT_THAT(pieces("ภาษาไทย"), ElementsAre("ภาษา", "ไทย"));
    EXPECT_THAT(pieces("हिन्दी भाषा"), ElementsAre("हिन्दी", "भाषा"));
    EXPECT_THAT(pieces("اللغة العربية، جميلة"), ElementsAre("اللغة", "العربية", "جميلة"));
    EXPECT_THAT(pieces("BERT是什么model"), ElementsAre("BERT", "是", "什么", "model"));
}

TEST(Words, FoldsCaseAndCompatibilityForms) {
    EXPECT_THAT(folded("Straße STRASSE ﬁne ＡＢＣ Ⅳ ΣΊΣΥΦΟΣ"),
                ElementsAre("strasse", "strasse", "fine", "abc", "iv", "σίσυφοσ"));
    EXPECT_EQ(fold("Größe"), fold("GRO\u0308SSE"));
    EXPECT_EQ(fold("Plain ASCII"), "plain ascii");
    EXPECT_EQ(fold(""), "");
}

TEST(Words, KnowsNumbers) {
    std::vector<bool> numbers;
    for (const Word& word : words("In 2018, 3rd of B2 ٣ 五")) numbers.push_back(word.number);
    EXPECT_THAT(numbers, ElementsAre(false, true, true, false, false, true, false));
}

TEST(Words, SurvivesInvalidUtf8) {
    EXPECT_THAT(pieces("ab \xFF\xC3 cd"), ElementsAre("ab", "cd"));
}

// ICU over the whole text at once, without any short cut.
std::vector<Range> reference(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> rules(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    const auto wide = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    rules->setText(wide);
    const auto bytes = [&](std::int32_t units) {
        std::string out;
        wide.tempSubString(0, units).toUTF8String(out);
        return out.size();
    };
    std::vector<Range> out;
    std::int32_t from = rules->first();
    for (std::int32_t to = rules->next(); to != icu::BreakIterator::DONE;
         from = to, to = rules->next()) {
        if (rules->getRuleStatus() < UBRK_WORD_NONE_LIMIT) continue;
        const Range range{bytes(from), bytes(to)};
        const auto word = text.substr(range.begin, range.end - range.begin);
        if (word.find_first_not_of('_') != std::string_view::npos) out.push_back(range);
    }
    return out;
}

TEST(Words, EqualIcuOnRandomText) {
    const std::vector<std::string> alphabet = {
        "a",    "B",      "c",      "z",      "1",      "2",  "_",
        ".",    "'",      ",",      ";",      ":",      "-",  " ",
        " ",    " ",      "\n",     "\t",     "\"",     "(",  "\r",
        "\v",   "/",      "é",      "ß",      "中",     "文", "語",
        "の",   "カ",     "한",     "ก",      "า",      "я",  "ا",
        "🙂", "\u0301", "\u200d", "\u00a0", "\u3000", "。", "a quick brown fox is "};
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        const std::size_t length = random() % 60;
        // A third of the rounds are ASCII alone.
        const std::size_t letters = round % 3 == 0 ? 27 : alphabet.size();
        for (std::size_t i = 0; i < length; ++i) text += alphabet[random() % letters];
        std::vector<Range> ranges;
        for (const Word& word : words(text)) ranges.push_back(word.range);
        ASSERT_EQ(ranges, reference(text)) << text;
    }
}

TEST(Words, HandlesVeryLongTextWithoutSpaces) {
    std::string text;
    while (text.size() < 300'000) text += "自然语言处理很有趣。";
    const auto all = words(text);
    EXPECT_GT(all.size(), 40'000U);
    for (std::size_t i = 1; i < all.size(); ++i)
        ASSERT_LE(all[i - 1].range.end, all[i].range.begin);
    EXPECT_EQ(invalid_utf8_at(all.back().folded), std::string_view::npos);

    EXPECT_EQ(words(std::string(200'000, 'x') + "é").size(), 4U);  // cut every 64 KiB for ICU
}

TEST(Words, RunsOnManyThreads) {
    const std::string text = "Größe und Maß: 自然言語処理 ภาษาไทย";
    const auto expected = folded(text);
    std::vector<std::vector<std::string>> got(4);
    std::vector<std::thread> threads;
    for (auto& out : got)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) out = folded(text);
        });
    for (auto& thread : threads) thread.join();
    for (const auto& out : got) EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace lectern::text
