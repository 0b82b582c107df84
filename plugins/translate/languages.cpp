#include "plugins/translate/languages.hpp"

#include <array>
#include <utility>

#include "text/language.hpp"

namespace lectern::translate {
namespace {

using text::Language;

// Fewer words do not tell near relatives from each other.
constexpr std::size_t enough_words = 12;

Language language_of(std::string_view code) {
    constexpr std::array<std::pair<std::string_view, Language>, 22> codes{{
        {"en", Language::english},   {"de", Language::german},    {"fr", Language::french},
        {"es", Language::spanish},   {"it", Language::italian},   {"pt", Language::portuguese},
        {"nl", Language::dutch},     {"sv", Language::swedish},   {"no", Language::norwegian},
        {"nb", Language::norwegian}, {"nn", Language::norwegian}, {"da", Language::danish},
        {"fi", Language::finnish},   {"ru", Language::russian},   {"el", Language::greek},
        {"ar", Language::arabic},    {"hi", Language::hindi},     {"ta", Language::tamil},
        {"hy", Language::armenian},  {"tr", Language::turkish},   {"hu", Language::hungarian},
        {"ro", Language::romanian},
    }};
    for (const auto& [known, language] : codes)
        if (known == code) return language;
    return Language::none;
}

}  // namespace

bool is_to_be_translated(std::string_view text, std::string_view from, std::string_view to) {
    const auto words = text::words(text::prefix(text, 16'384));
    const Language guessed = text::guess_language(words);
    if (guessed == Language::none) return true;
    if (guessed == language_of(to)) return false;
    const Language wanted = language_of(from);
    return wanted == Language::none || guessed == wanted || words.size() < enough_words;
}

}  // namespace lectern::translate
