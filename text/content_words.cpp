#include "text/content_words.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unordered_set>

#include "text/language.hpp"
#include "text/word_forms.hpp"

namespace lectern::text {
namespace {

const std::unordered_set<std::string_view>& stop_words() {
    static const std::unordered_set<std::string_view> words{
        // English
        "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are",
        "as", "at", "be", "because", "been", "before", "being", "below", "between", "both", "but",
        "by", "can", "cannot", "could", "did", "do", "does", "doing", "down", "during", "each",
        "few", "for", "from", "further", "had", "has", "have", "having", "he", "her", "here",
        "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "itself", "just",
        "may", "me", "might", "more", "most", "must", "my", "no", "nor", "not", "of", "off", "on",
        "once", "only", "or", "other", "our", "out", "over", "own", "same", "shall", "she",
        "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there",
        "these", "they", "this", "those", "through", "thus", "to", "too", "under", "until", "up",
        "upon", "very", "was", "we", "were", "what", "when", "where", "whether", "which", "while",
        "who", "whom", "whose", "why", "will", "with", "would", "you", "your", "s", "t", "don't",
        "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't", "won't", "can't", "it's",
        "that's", "therefore", "however",
        // German
        "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines",
        "und", "oder", "aber", "auch", "auf", "aus", "bei", "bis", "für", "mit", "nach", "nicht",
        "noch", "nur", "ob", "ohne", "sehr", "sich", "sie", "sind", "über", "um", "unter", "von",
        "vor", "war", "waren", "was", "wenn", "wer", "wie", "wird", "werden", "wir", "wo", "zu",
        "zum", "zur", "zwischen", "ist", "im", "ich", "er", "es", "hat", "haben", "kann", "kein",
        "keine", "man", "mehr", "dass", "daß", "dass", "durch", "damit", "dieser", "diese",
        "dieses", "warum", "welche", "welcher", "welches", "als", "am", "an",
        // French
        "le", "la", "les", "l", "d", "un", "une", "de", "du", "et", "ou", "où", "mais", "que",
        "qui", "quoi", "quand", "comment", "pourquoi", "est", "sont", "était", "être", "avoir",
        "ont", "dans", "en", "sur", "sous", "avec", "sans", "pour", "par", "plus", "pas", "ne",
        "ni", "ce", "cet", "cette", "ces", "il", "elle", "ils", "elles", "nous", "vous", "se", "sa",
        "son", "ses", "au", "aux",
        // Spanish
        "el", "los", "las", "lo", "y", "o", "pero", "con", "sin", "por", "para", "es", "son", "era",
        "fue", "ser", "qué", "quién", "cuándo", "cómo", "dónde", "como", "donde", "del", "al", "su",
        "sus", "se", "más", "no", "este", "esta", "estos", "estas", "una", "unos", "unas",
        // Italian
        "il", "gli", "i", "di", "che", "e", "è", "sono", "della", "dello", "dei", "delle", "nel",
        "nella", "uno", "per", "tra", "fra", "chi", "cosa", "quando", "perché", "dove"};
    return words;
}

}  // namespace

bool is_stop_word(std::string_view folded) noexcept {
    return stop_words().contains(folded);
}

namespace {

// Of one language. Stemmers are for one thread at a time, and cost more to make than to use.
bool stems_alike(Language language, std::string_view left, std::string_view right) {
    thread_local std::array<std::unique_ptr<Stemmer>, language_count> all;
    std::unique_ptr<Stemmer>& stemmer = all[static_cast<std::size_t>(language)];
    if (stemmer == nullptr) stemmer = std::make_unique<Stemmer>(language);
    const std::string one(stemmer->stem(left));
    return one == stemmer->stem(right);
}

}  // namespace

bool same_stem(std::string_view left, std::string_view right) {
    if (left == right) return true;
    // Also for speed: most pairs of words end here.
    if (left.empty() || right.empty() || left.front() != right.front()) return false;
    const std::string one = base_form(left);
    const std::string other = base_form(right);
    // The words do not say which language they are of, and each more language makes one of words
    // that are two in another.
    return one == other || stems_alike(Language::english, one, other) ||
           stems_alike(Language::german, left, right);
}

}  // namespace lectern::text
