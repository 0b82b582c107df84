#include "text/language.hpp"

#include <libstemmer.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lectern::text {
namespace {

constexpr std::array<std::string_view, language_count> names{
    "none",   "english", "german",    "french",   "spanish", "italian",   "portuguese",
    "dutch",  "swedish", "norwegian", "danish",   "finnish", "russian",   "greek",
    "arabic", "hindi",   "tamil",     "armenian", "turkish", "hungarian", "romanian"};

constexpr std::size_t words_looked_at = 400;

struct LittleWords {
    Language language;
    std::string_view words;  // folded, a space between
};

// Frequent words that few other languages share.
constexpr LittleWords little_words[] = {
    {Language::english,
     "the of and to in is was for that with as by are from this be which it on or have not an at"},
    {Language::german,
     "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an "
     "wird "
     "werden aus er sie nach bei einer um am sind noch wie einem über"},
    {Language::french,
     "le la les des et en un une du dans est pour qui que au par sur plus ne pas avec il sont "
     "cette "
     "ce ou se aux été elle"},
    {Language::spanish,
     "el la los las de en y que del se por un una con para es al lo como más su fue no sus entre"},
    {Language::italian,
     "il di che la in un una per è del della con non sono gli dei le nel alla si da come più anche "
     "delle dal lo"},
    {Language::portuguese,
     "o a os as de do da dos das em no na um uma que para com não por mais foi ao pelo pela são é "
     "como se e"},
    {Language::dutch,
     "de het een van en in is dat op te zijn met voor niet aan er om ook als door bij maar werd "
     "uit "
     "naar worden deze"},
    {Language::swedish,
     "och att det som en på är av för med den till inte om ett han men från var så vid eller kan "
     "har"},
    {Language::norwegian,
     "og det at er som på av for med til ikke en om ble fra har den han et men også etter ved "
     "eller "
     "kan seg"},
    {Language::danish,
     "og det at er som på af for med til ikke en om blev fra har den han et men også efter ved "
     "eller kan sig"},
    {Language::finnish,
     "ja on ei se että hän oli mutta ovat joka myös kun sen niin tai kuin ole olivat jossa mukaan"},
    {Language::turkish, "ve bir bu da de için ile olarak daha olan çok gibi sonra kadar en ya ise"},
    {Language::hungarian,
     "a az és hogy nem egy is volt meg ez azt csak el de már mint még vagy kell után"},
    {Language::romanian,
     "și de la în a cu pe din că este un o nu pentru care mai sau fost prin după sunt ale"}};

const std::unordered_map<std::string_view, std::vector<Language>>& languages_of_word() {
    static const auto table = [] {
        std::unordered_map<std::string_view, std::vector<Language>> out;
        for (const LittleWords& row : little_words) {
            std::string_view rest = row.words;
            while (!rest.empty()) {
                const std::size_t end = std::min(rest.find(' '), rest.size());
                out[rest.substr(0, end)].push_back(row.language);
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
        return out;
    }();
    return table;
}

// The language that stands for a script of its own; none for Latin and all others.
Language language_of_script(std::string_view word) {
    UChar32 character = 0;
    std::int32_t at = 0;
    U8_NEXT(word.data(), at, static_cast<std::int32_t>(word.size()), character);
    if (character < 0x250) return Language::none;
    UErrorCode error = U_ZERO_ERROR;
    switch (uscript_getScript(character, &error)) {
        case USCRIPT_CYRILLIC: return Language::russian;
        case USCRIPT_GREEK: return Language::greek;
        case USCRIPT_ARABIC: return Language::arabic;
        case USCRIPT_DEVANAGARI: return Language::hindi;
        case USCRIPT_TAMIL: return Language::tamil;
        case USCRIPT_ARMENIAN: return Language::armenian;
        default: return Language::none;
    }
}

}  // namespace

std::string_view name(Language language) noexcept {
    return names[static_cast<std::size_t>(language)];
}

std::optional<Language> language_of(std::string_view name) noexcept {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Language>(found - names.begin());
}

Language guess_language(std::span<const Word> words) {
    std::array<std::size_t, language_count> votes{};
    for (const Word& word : words.first(std::min(words.size(), words_looked_at))) {
        if (const Language own = language_of_script(word.folded); own != Language::none)
            votes[static_cast<std::size_t>(own)] += 1;
        else if (const auto found = languages_of_word().find(word.folded);
                 found != languages_of_word().end())
            for (const Language language : found->second)
                votes[static_cast<std::size_t>(language)] += 1;
    }
    // The first of equals: the lists above stand in the order of how much is written in them.
    return static_cast<Language>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

struct Stemmer::Snowball {
    explicit Snowball(sb_stemmer* made) : stemmer(made) {}
    Snowball(const Snowball&) = delete;
    Snowball& operator=(const Snowball&) = delete;
    ~Snowball() { sb_stemmer_delete(stemmer); }
    sb_stemmer* stemmer;
};

Stemmer::Stemmer(Language language) {
    if (language == Language::none) return;
    sb_stemmer* made = sb_stemmer_new(std::string(name(language)).c_str(), "UTF_8");
    if (made == nullptr)
        throw std::runtime_error("libstemmer does not know " + std::string(name(language)));
    snowball_ = std::make_unique<Snowball>(made);
}

Stemmer::~Stemmer() = default;
Stemmer::Stemmer(Stemmer&& other) noexcept = default;
Stemmer& Stemmer::operator=(Stemmer&& other) noexcept = default;

std::string_view Stemmer::stem(std::string_view folded) {
    if (snowball_ == nullptr) return folded;
    const auto* out =
        sb_stemmer_stem(snowball_->stemmer, reinterpret_cast<const sb_symbol*>(folded.data()),
                        static_cast<int>(folded.size()));
    if (out == nullptr) return folded;  // out of memory in Snowball
    return {reinterpret_cast<const char*>(out),
            static_cast<std::size_t>(sb_stemmer_length(snowball_->stemmer))};
}

}  // namespace lectern::text
