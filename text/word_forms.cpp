#include "text/word_forms.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace lectern::text {
namespace {

struct Irregular {
    std::string_view base;
    std::string_view forms;  // with spaces between
};

// English verbs, and nouns made from them by another vowel; a few plurals; words whose two
// spellings follow no rule. Forms that are at least as common as another word ("found", "left",
// "saw", "rose", "lay", "bound", "wound") are not in it.
constexpr std::array irregular{
    Irregular{"arise", "arose arisen"},
    Irregular{"beat", "beaten"},
    Irregular{"become", "became"},
    Irregular{"begin", "began begun"},
    Irregular{"bite", "bitten"},
    Irregular{"blow", "blew blown"},
    Irregular{"break", "broke broken"},
    Irregular{"bring", "brought"},
    Irregular{"build", "built"},
    Irregular{"burn", "burnt"},
    Irregular{"buy", "bought"},
    Irregular{"catch", "caught"},
    Irregular{"choose", "chose chosen choice choices"},
    Irregular{"come", "came"},
    Irregular{"deal", "dealt"},
    Irregular{"die", "died dies dying death deaths"},
    Irregular{"draw", "drew drawn"},
    Irregular{"drink", "drank drunk"},
    Irregular{"drive", "drove driven"},
    Irregular{"eat", "eaten"},
    Irregular{"fall", "fell fallen"},
    Irregular{"feed", "fed"},
    Irregular{"feel", "felt"},
    Irregular{"fight", "fought"},
    Irregular{"flee", "fled"},
    Irregular{"fly", "flew flown flight flights"},
    Irregular{"forget", "forgot forgotten"},
    Irregular{"freeze", "froze frozen"},
    Irregular{"get", "got gotten"},
    Irregular{"give", "gave given"},
    Irregular{"go", "gone goes"},
    Irregular{"grow", "grew grown growth"},
    Irregular{"hear", "heard"},
    Irregular{"hide", "hid hidden"},
    Irregular{"hold", "held"},
    Irregular{"keep", "kept"},
    Irregular{"know", "knew known knowledge"},
    Irregular{"lead", "led"},
    Irregular{"learn", "learnt"},
    Irregular{"lend", "lent"},
    Irregular{"lose", "lost loss losses losing"},
    Irregular{"make", "made"},
    Irregular{"mean", "meant"},
    Irregular{"meet", "met"},
    Irregular{"pay", "paid"},
    Irregular{"ride", "rode ridden"},
    Irregular{"ring", "rang rung"},
    Irregular{"run", "ran running"},
    Irregular{"say", "said"},
    Irregular{"see", "seen"},
    Irregular{"seek", "sought"},
    Irregular{"sell", "sold sale sales"},
    Irregular{"send", "sent"},
    Irregular{"shake", "shook shaken"},
    Irregular{"shoot", "shot"},
    Irregular{"sing", "sang sung song songs"},
    Irregular{"sink", "sank sunk"},
    Irregular{"sit", "sat"},
    Irregular{"sleep", "slept"},
    Irregular{"speak", "spoke spoken speech speeches"},
    Irregular{"spend", "spent"},
    Irregular{"spread", "spreads spreading"},
    Irregular{"stand", "stood"},
    Irregular{"steal", "stole stolen"},
    Irregular{"strike", "struck stricken"},
    Irregular{"swear", "swore sworn"},
    Irregular{"swim", "swam swum"},
    Irregular{"take", "took taken"},
    Irregular{"teach", "taught"},
    Irregular{"tell", "told"},
    Irregular{"think", "thought thoughts"},
    Irregular{"throw", "threw thrown"},
    Irregular{"understand", "understood"},
    Irregular{"wear", "wore worn"},
    Irregular{"win", "won winning winner winners"},
    Irregular{"withdraw", "withdrew withdrawn"},
    Irregular{"write", "wrote written"},
    Irregular{"analyze", "analysis analyses"},
    Irregular{"child", "children"},
    Irregular{"foot", "feet"},
    Irregular{"index", "indices"},
    Irregular{"life", "lives"},
    Irregular{"man", "men"},
    Irregular{"matrix", "matrices"},
    Irregular{"mouse", "mice"},
    Irregular{"person", "people"},
    Irregular{"vertex", "vertices"},
    Irregular{"woman", "women"},
    Irregular{"aluminum", "aluminium"},
    Irregular{"artifact", "artefact"},
    Irregular{"artifacts", "artefacts"},
    Irregular{"check", "cheque"},
    Irregular{"gray", "grey"},
    Irregular{"mold", "mould"},
    Irregular{"plow", "plough"},
    Irregular{"skeptic", "sceptic"},
    Irregular{"sulfur", "sulphur"},
};

const std::unordered_map<std::string_view, std::string_view>& bases() {
    static const auto all = [] {
        std::unordered_map<std::string_view, std::string_view> out;
        for (const Irregular& one : irregular)
            for (std::string_view rest = one.forms; !rest.empty();) {
                const std::size_t end = std::min(rest.find(' '), rest.size());
                out.emplace(rest.substr(0, end), one.base);
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        return out;
    }();
    return all;
}

bool vowel(char c) noexcept {
    return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

void replace(std::string& word, std::size_t at, std::size_t size, std::string_view by) {
    word.replace(at, size, by);
}

// "organise", "organising", "organisation": the s between i (or y) and an ending.
void spell_ize(std::string& word) {
    for (const char before : {'i', 'y'}) {
        const std::size_t at = word.rfind(std::string{before, 's'});
        if (at == std::string::npos || at < 3) continue;
        const std::string_view ending = std::string_view(word).substr(at + 2);
        constexpr std::array<std::string_view, 9> endings{"e",   "ed",   "er",    "ers",   "es",
                                                          "ing", "able", "ation", "ations"};
        if (std::find(endings.begin(), endings.end(), ending) != endings.end()) word[at + 1] = 'z';
    }
}

// "modelling", "travelled": two vowels before the two l.
void spell_single_l(std::string& word) {
    const std::size_t at = word.rfind("ll");
    if (at == std::string::npos) return;
    const std::string_view ending = std::string_view(word).substr(at + 2);
    constexpr std::array<std::string_view, 4> endings{"ing", "ed", "er", "ers"};
    if (std::find(endings.begin(), endings.end(), ending) == endings.end()) return;
    if (std::count_if(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(at), vowel) >= 2)
        word.erase(at, 1);
}

// Endings that are another in American spelling, before a plural's s.
void spell_ending(std::string& word) {
    struct Ending {
        std::string_view british;
        std::string_view american;
    };
    constexpr std::array endings{Ending{"tre", "ter"}, Ending{"bre", "ber"}, Ending{"ence", "ense"},
                                 Ending{"ogue", "og"}, Ending{"gramme", "gram"}};
    const bool plural = word.ends_with("s");
    const std::string_view single =
        std::string_view(word).substr(0, word.size() - (plural ? 1 : 0));
    for (const Ending& one : endings) {
        if (!single.ends_with(one.british)) continue;
        return replace(word, single.size() - one.british.size(), one.british.size(), one.american);
    }
}

}  // namespace

std::string base_form(std::string_view folded) {
    if (const auto found = bases().find(folded); found != bases().end())
        return std::string(found->second);
    std::string out(folded);
    const bool ascii =
        std::all_of(folded.begin(), folded.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (!ascii || out.size() < 4) return out;
    if (out.size() == 4) {  // longer ones are compared by their common beginning
        const bool plural = out[3] == 's' && std::string_view("siu").find(out[2]) == out.npos;
        if (plural && out != "news") out.pop_back();
        return out;
    }
    spell_ize(out);
    spell_single_l(out);
    spell_ending(out);
    if (const std::size_t at = out.find("our");
        out.size() >= 6 && at != std::string::npos && at > 1)
        replace(out, at, 3, "or");
    return out;
}

std::string past_form(std::string_view verb) {
    const auto known = std::find_if(irregular.begin(), irregular.end(),
                                    [&](const Irregular& one) { return one.base == verb; });
    if (known != irregular.end())
        return std::string(known->forms.substr(0, known->forms.find(' ')));
    std::string out(verb);
    if (out.ends_with("e")) return out + "d";
    if (out.size() > 2 && out.ends_with("y") && !vowel(out[out.size() - 2]))
        return out.replace(out.size() - 1, 1, "ied");
    return out + "ed";
}

}  // namespace lectern::text
