#include "plugins/translate/translator.hpp"

#include <thread>

#include "plugins/translate/languages.hpp"
#include "plugins/translate/test_support.hpp"

namespace lectern::translate {
namespace {

const Check never = [] {};

// As the package of the models, which has an engine of its own.
TEST(Translator, TranslatesAsThePackageDoes) {
    for (const char* name : {"en-pt-tiny", "pt-en-tiny"}) {
        if (!std::filesystem::exists(fetched(name))) GTEST_SKIP() << how_to_fetch;
        const Translator translator({.model = fetched(name), .threads = 2});
        const boost::json::object all = golden();
        for (const auto& one : all.at(name).at("sentences").as_array())
            EXPECT_EQ(translator.translate(one.at("text").as_string(), never).text,
                      one.at("package").as_string())
                << name;
    }
}

// White space, marks and code stay, and the map says what stands for what.
TEST(Translator, KeepsWhatIsAroundSentences) {
    if (!std::filesystem::exists(fetched("en-pt-tiny"))) GTEST_SKIP() << how_to_fetch;
    const Translator translator({.model = fetched("en-pt-tiny"), .threads = 2});
    const std::string text =
        "# Hello\n\n- How are you\n  today?\n- Water boils at 100 degrees at sea level.\n\n"
        "```\nint water = 100;\n```\n  Hello  \n";
    const Translated found = translator.translate(text, never);
    EXPECT_EQ(found.text,
              "# Olá,\n\n- Como você está hoje?\n- Água ferve a 100 graus ao nível do mar.\n\n"
              "```\nint water = 100;\n```\n  Olá,  \n");
    ASSERT_EQ(found.sentences.size(), 4U);
    const auto& second = found.sentences[1];
    EXPECT_EQ(text.substr(second.original.begin, second.original.end - second.original.begin),
              "How are you\n  today?");
    EXPECT_EQ(found.text.substr(second.translation.begin,
                                second.translation.end - second.translation.begin),
              "Como você está hoje?");
    EXPECT_EQ(text::read_sentence_map(text::write_sentence_map(found.sentences), text.size(),
                                      found.text.size()),
              found.sentences);
}

class Tiny : public testing::Test {
 protected:
    Translator translator{{.model = testdata() / "tiny-shared", .max_tokens = 16, .threads = 3}};
};

// Neither the number of threads nor what else is in the text changes a sentence.
TEST_F(Tiny, SentencesDoNotDependOnEachOther) {
    std::string text;
    std::vector<std::string> alone;
    for (int i = 0; i < 150; ++i) {
        std::string sentence;
        for (int word = 0; word <= i % 40; ++word)
            sentence += (word % 3 == 0 ? "Water, " : word % 3 == 1 ? "bridge " : "apples ");
        sentence += "end.";
        alone.push_back(translator.translate(sentence, never).text);
        text += sentence + "\n\n";
    }
    std::string wanted;
    for (const std::string& sentence : alone) wanted += sentence + "\n\n";
    EXPECT_EQ(translator.translate(text, never).text, wanted);
    const Translator one({.model = testdata() / "tiny-shared", .max_tokens = 16, .threads = 1});
    EXPECT_EQ(one.translate(text, never).text, wanted);
}

TEST_F(Tiny, IsUsedFromManyThreads) {
    const std::string text = "The old bridge. The new hospital. Water boils.\n\nApples and bread.";
    const std::string wanted = translator.translate(text, never).text;
    std::vector<std::string> found(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& one : found)
            threads.emplace_back([&] { one = translator.translate(text, never).text; });
    }
    for (const std::string& one : found) EXPECT_EQ(one, wanted);
}

TEST_F(Tiny, TakesAnyText) {
    for (const std::string& text :
         {std::string(), std::string(" \n "), std::string("12 34"), std::string("🙂"),
          std::string("a"), std::string(3000, 'x'), std::string("日本語のテキスト。"),
          std::string("nul\0in it. And more.", 20)}) {
        const Translated found = translator.translate(text, never);
        EXPECT_EQ(text::invalid_utf8_at(found.text), std::string::npos);
        if (found.sentences.empty()) {
            EXPECT_EQ(found.text, text);
        }
    }
}

TEST_F(Tiny, EndsWhenItIsNoLongerWanted) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "The bridge is closed and the water is cold.\n\n";
    std::atomic<int> calls = 0;
    const Check later = [&calls] {
        if (++calls > 10) shared::fail(LECTERN_CANCELLED, "cancelled");
    };
    EXPECT_EQ(failure_of([&] { (void)translator.translate(text, later); }), "cancelled");
    // Each thread ends at its next look.
    EXPECT_LT(calls, 20);
}

TEST(Languages, TextsInTheLanguageOfTheTranslationStay) {
    struct Case {
        const char* text;
        bool wanted;
    };
    for (const Case& one : std::vector<Case>{
             {"Como os computadores aprendem o que uma palavra significa?", true},
             {"Where is the library that the students of the town use?", false},
             {"BERT", true},  // nobody can tell
             {"Der Vertrag wird am Ende des Jahres nicht verlängert, und die Firma zahlt die "
              "Kosten für den Umzug.",
              false},
             {"O contrato não é renovado no fim do ano, e a empresa paga os custos da mudança.",
              true},
         })
        EXPECT_EQ(is_to_be_translated(one.text, "pt", "en"), one.wanted) << one.text;
    EXPECT_TRUE(
        is_to_be_translated("Der Vertrag wird am Ende des Jahres nicht verlängert.", "cs", "en"));
    EXPECT_TRUE(is_to_be_translated("How do machines learn?", "", ""));
}

}  // namespace
}  // namespace lectern::translate
