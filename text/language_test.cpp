#include "text/language.hpp"

#include <gtest/gtest.h>

namespace lectern::text {
namespace {

TEST(Language, IsGuessedFromLittleWordsAndScripts) {
    const struct {
        std::string_view text;
        Language expected;
    } cases[] = {
        {"The boundary layer of a flat plate was measured and compared with the theory.",
         Language::english},
        {"Der Transformer ist eine Architektur, die auf Aufmerksamkeit beruht und nicht auf "
         "Rekurrenz.",
         Language::german},
        {"Les réseaux de neurones sont des modèles qui apprennent dans les données.",
         Language::french},
        {"El modelo aprende de los datos y se usa para la traducción del texto.",
         Language::spanish},
        {"Il modello è usato per la traduzione della lingua e non sono necessari gli esempi.",
         Language::italian},
        {"Модель обучается на данных.", Language::russian},
        {"Το μοντέλο μαθαίνει από δεδομένα.", Language::greek},
        {"注意力机制", Language::none},
        {"X-15 GPT-4 9457", Language::none},
        {"", Language::none},
    };
    for (const auto& row : cases)
        EXPECT_EQ(name(guess_language(words(row.text))), name(row.expected)) << row.text;
}

TEST(Language, EveryLanguageHasANameAndAStemmer) {
    for (std::size_t i = 0; i < language_count; ++i) {
        const auto language = static_cast<Language>(i);
        EXPECT_EQ(language_of(name(language)), language);
        EXPECT_NO_THROW(Stemmer{language}) << name(language);
    }
    EXPECT_EQ(language_of("klingon"), std::nullopt);
}

// The words are from Snowball's own vocabularies (voc.txt and output.txt of each language).
TEST(Stemmer, GivesTheStemsOfSnowball) {
    const struct {
        Language language;
        std::string_view word, stem;
    } cases[] = {{Language::english, "consolingly", "consol"},
                 {Language::english, "knightly", "knight"},
                 {Language::german, "aufeinanderfolgenden", "aufeinanderfolg"},
                 {Language::german, "kategorien", "kategori"},
                 {Language::french, "continuellement", "continuel"},
                 {Language::spanish, "torneados", "torn"},
                 {Language::none, "consolingly", "consolingly"}};
    for (const auto& row : cases) EXPECT_EQ(Stemmer(row.language).stem(row.word), row.stem);
}

}  // namespace
}  // namespace lectern::text
