#include "text/wording.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <vector>

namespace lectern::text {
namespace {

// Folded words and phrases, with bars between.
struct Line {
    Wording what;
    std::string_view list;
};

// A word that is a common one of another language stands in no list: Italian "come" and "dove".
constexpr std::array english{
    Line{Wording::number,
         "how many|how much|how old|how long|how large|how far|how tall|how big|how fast|how often|"
         "how high|how heavy|what year|which year|what percentage|what percent|what share"},
    Line{Wording::date,
         "what year|which year|what date|what month|what day|what century|which century|what "
         "decade"},
    Line{Wording::when, "when"},
    // Of 615 questions that dates answer (of the sets in training/README.md) nine have none of
    // these.
    Line{Wording::time, "when|year|years|date|dates|month|months|day|days|century|centuries|time"},
    Line{Wording::person, "who|whom|whose"},
    Line{Wording::other_asking, "what|which|why|where|how"},
    Line{Wording::besides, "and|or"},
    Line{Wording::place,
         "where|what city|which city|what country|which country|what town|which town|what place|"
         "what state|which state|what location|what continent|which continent"},
    Line{Wording::reason, "why|how come|what reason|which reason|the reason|what causes"},
    Line{Wording::explanation,
         "how|explain|describe|difference|differences|differ|differs|compare"},
    Line{Wording::definition,
         "what is|what are|what was|what were|who is|who was|who are|who were|define"},
    Line{Wording::being, "is|are|was|were"},
    Line{Wording::asked_article, "a|an|the"},
    Line{Wording::kind,
         "command|function|method|statement|clause|operator|option|parameter|setting|keyword|macro|"
         "flag|variable|decorator"},
    Line{Wording::auxiliary,
         "is|are|was|were|am|be|do|does|did|has|have|had|can|could|will|would|shall|should|may|"
         "might|"
         "must"},
    Line{Wording::going_on,
         "and|but|or|so|also|ok|okay|what about|how about|and what about|and how about|but what "
         "about"},
    Line{Wording::person_pronoun, "he|she|him|her"},
    Line{Wording::thing_pronoun, "it"},
    Line{Wording::plural_pronoun, "they|them"},
    Line{Wording::person_possessive, "his|her|hers"},
    Line{Wording::thing_possessive, "its"},
    Line{Wording::plural_possessive, "their|theirs"},
    Line{Wording::demonstrative, "this|that|these|those"},
    Line{Wording::that_year, "then|that year|this year|the same year|at that time|that day"},
    Line{Wording::that_place, "there"},
    Line{Wording::pointing, "see"},
    Line{Wording::introduction,
         "description|overview|introduction|summary|definition|about|purpose|abstract"},
    // May is no month here: it is a verb far more often.
    Line{Wording::calendar,
         "january|february|march|april|june|july|august|september|october|november|december|"
         "century|centuries"},
    // One is seldom a count.
    Line{Wording::figure,
         "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
         "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
         "ninety|hundred|hundreds|thousand|thousands|million|millions|billion|billions|trillion|"
         "dozen|dozens|half|twice"},
    Line{Wording::copula, "is|are|was|were|means|mean|refers|refer|denotes|stands|describes"},
    Line{Wording::article, "a|an|the|one|any|for|to"},
    Line{Wording::naming, "called|named|as|termed"},
    Line{Wording::conjunction, "and|or"},
    Line{Wording::alternative, "or"},
    Line{Wording::binding, "between|that|which|who|whose|if|when|while|unless"},
    Line{Wording::sentence_joint, "but|and|however|then|so|thus|also|yet"},
    Line{Wording::pronoun, "it|its|this|these|that|those|they|their|he|she|his|her|such|both"},
};

constexpr std::array german{
    Line{Wording::number,
         "wie viele|wie viel|wieviel|wieviele|wie alt|wie lange|wie groß|wie gross|wie hoch|wie "
         "weit|wie oft|wie schnell|wie schwer|in welchem jahr|welches jahr"},
    Line{Wording::date,
         "in welchem jahr|welches jahr|an welchem tag|in welchem monat|in welchem jahrhundert"},
    Line{Wording::when, "wann"},
    Line{Wording::time, "wann|jahr|jahre|jahren|datum|monat|monate|tag|tage|jahrhundert|zeit|seit"},
    Line{Wording::person, "wer|wen|wem|wessen"},
    Line{Wording::other_asking, "warum|wie|wo|welche"},
    Line{Wording::besides, "und|oder"},
    Line{Wording::place, "wo|woher|wohin|in welcher stadt|in welchem land|welche stadt"},
    Line{Wording::reason, "warum|weshalb|wieso|aus welchem grund"},
    Line{Wording::explanation, "wie|erkläre|unterschied|unterschiede|unterscheidet|unterscheiden"},
    Line{Wording::definition, "was ist|was sind|wer ist|wer war|was bedeutet"},
    Line{Wording::being, "ist|sind"},
    Line{Wording::asked_article, "der|die|das|ein|eine"},
    Line{Wording::auxiliary,
         "ist|sind|wurde|wurden|wird|werden|hat|haben|hatte|hatten|kann|können|konnte|soll|muss|"
         "darf"},
    Line{Wording::going_on, "und|aber|oder|was ist mit|und was ist mit|wie steht es mit"},
    Line{Wording::person_pronoun, "er|sie|ihn|ihm|ihr"},
    Line{Wording::thing_pronoun, "es|er|sie|ihn"},
    Line{Wording::person_possessive, "sein|seine|seinen|seiner|ihr|ihre|ihren|ihrer"},
    Line{Wording::thing_possessive, "dessen|deren"},
    Line{Wording::that_year, "damals"},
    Line{Wording::that_place, "dort"},
    Line{Wording::pointing, "siehe"},
    Line{Wording::introduction, "beschreibung|überblick|übersicht|einführung|einleitung|zweck"},
    Line{Wording::calendar, "januar|februar|märz|mai|juni|juli|oktober|dezember|jahrhundert"},
    Line{Wording::figure,
         "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|zwanzig|hundert|tausend|"
         "millionen|milliarden"},
    Line{Wording::copula, "ist|sind|war|waren|bezeichnet|bedeutet"},
    Line{Wording::article, "ein|eine|einer|der|die|das"},
    Line{Wording::naming, "heißt|genannt"},
    Line{Wording::conjunction, "und|oder"},
    Line{Wording::alternative, "oder"},
    Line{Wording::binding, "zwischen"},
    Line{Wording::sentence_joint, "aber|und|doch"},
    Line{Wording::pronoun, "er|sie|es|dieser|diese|dies|dieses"},
};

constexpr std::array french{
    Line{Wording::number, "combien|quel âge|en quelle année|quelle année"},
    Line{Wording::date, "en quelle année|quelle année|quelle date|quel siècle"},
    Line{Wording::when, "quand"},
    Line{Wording::time, "quand|année|années|date|mois|jour|siècle"},
    Line{Wording::person, "qui"},
    Line{Wording::other_asking, "que|quoi|où"},
    Line{Wording::besides, "et"},
    Line{Wording::place, "où|quelle ville|quel pays"},
    Line{Wording::reason, "pourquoi|pour quelle raison"},
    Line{Wording::explanation, "comment|différence|différences|explique|expliquez"},
    Line{Wording::definition, "qu'est ce que|qu’est ce que|qui est|qui était|que signifie"},
    Line{Wording::asked_article, "un|une|la|le|les"},
    Line{Wording::auxiliary, "est|sont|était|étaient|fut|furent|ont|avait|possède|peut"},
    Line{Wording::going_on, "et|mais|ou|qu'en est il de|et pour|et en ce qui concerne"},
    Line{Wording::pointing, "voir"},
    Line{Wording::introduction, "présentation|aperçu|résumé|définition"},
    Line{Wording::calendar,
         "janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
         "siècle"},
    Line{Wording::figure, "deux|trois|quatre|cinq|sept|huit|neuf|dix|vingt|cent|mille"},
    Line{Wording::copula, "est|sont|était|désigne|signifie"},
    Line{Wording::article, "un|une|le|la"},
    Line{Wording::naming, "appelé|appelée|nommé"},
    Line{Wording::conjunction, "et|ou"},
    Line{Wording::alternative, "ou"},
    Line{Wording::binding, "entre"},
    Line{Wording::sentence_joint, "et|mais"},
    Line{Wording::pronoun, "il|elle|ils|elles|ce|cette|ces|celui"},
};

constexpr std::array spanish{
    Line{Wording::number, "cuánto|cuánta|cuántos|cuántas|qué año|qué edad"},
    Line{Wording::date, "qué año|qué fecha|qué siglo"},
    Line{Wording::when, "cuándo"},
    Line{Wording::time, "cuándo|año|años|fecha|mes|día|siglo"},
    Line{Wording::person, "quién|quiénes"},
    Line{Wording::other_asking, "que|qué|cómo|dónde"},
    Line{Wording::besides, "y"},
    Line{Wording::place, "dónde|qué ciudad|qué país"},
    Line{Wording::reason, "por qué|razón"},
    Line{Wording::explanation, "cómo|diferencia|diferencias|explica"},
    Line{Wording::definition, "qué es|qué son|quién es|quién fue|qué significa"},
    Line{Wording::being, "es|fue"},
    Line{Wording::asked_article, "el|la|un|una"},
    Line{Wording::auxiliary, "es|son|fue|fueron|era|eran|ha|han|tiene|tienen|puede"},
    Line{Wording::going_on, "y|pero|o|qué hay de|y qué hay de"},
    Line{Wording::person_pronoun, "él|ella"},
    Line{Wording::thing_pronoun, "ello"},
    Line{Wording::plural_pronoun, "ellos|ellas"},
    Line{Wording::that_year, "entonces"},
    Line{Wording::that_place, "allí"},
    Line{Wording::pointing, "véase"},
    Line{Wording::introduction, "descripción|introducción|resumen|definición"},
    Line{Wording::calendar,
         "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
         "diciembre|siglo"},
    Line{Wording::figure, "dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|cien|mil|millones"},
    Line{Wording::copula, "es|son|fue|era|significa"},
    Line{Wording::article, "un|una|uno|el|la"},
    Line{Wording::naming, "llamado|llamada"},
    Line{Wording::conjunction, "y|o"},
    Line{Wording::alternative, "o"},
    Line{Wording::binding, "entre"},
    Line{Wording::sentence_joint, "pero"},
    Line{Wording::pronoun, "este|esta|estos|estas|ella|ellos"},
};

constexpr std::array italian{
    Line{Wording::number, "quanti|quante|in che anno"},
    Line{Wording::date, "in che anno"},
    Line{Wording::when, "quando"},
    Line{Wording::time, "quando|anno|data|mese|giorno|secolo"},
    Line{Wording::person, "chi"},
    Line{Wording::reason, "perché"},
    Line{Wording::copula, "è|sono"},
    Line{Wording::binding, "tra|fra"},
};

constexpr std::array portuguese{Line{Wording::time, "quando|ano|anos|data|mês|dia|século"}};

// Written without spaces: looked for as they stand.
constexpr std::array chinese{
    Line{Wording::number, "多少|哪一年|哪年|何时|几个|几年"},
    Line{Wording::date, "哪一年|哪年|何时|什么时候"},
    Line{Wording::person, "谁"},
    Line{Wording::place, "哪里|在哪|何处"},
    Line{Wording::reason, "为什么|为何"},
    Line{Wording::explanation, "怎么|如何|区别|解释"},
    Line{Wording::copula, "是"},
};

struct Lists {
    std::unordered_set<std::string_view> words;
    std::vector<std::string> phrases;  // with a space before and behind
    std::vector<std::string_view> unspaced;
};

using Table = std::array<Lists, static_cast<std::size_t>(Wording::pronoun) + 1>;

template <std::size_t count>
void add(Table& to, const std::array<Line, count>& lines, bool unspaced) {
    for (const Line& line : lines) {
        Lists& lists = to[static_cast<std::size_t>(line.what)];
        std::string_view rest = line.list;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('|'), rest.size());
            const std::string_view one = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            lists.words.insert(one);
            if (unspaced)
                lists.unspaced.push_back(one);
            else
                lists.phrases.push_back(" " + std::string(one) + " ");
        }
    }
}

const Lists& lists(Wording what) {
    static const Table table = [] {
        Table out;
        add(out, english, false);
        add(out, german, false);
        add(out, french, false);
        add(out, spanish, false);
        add(out, italian, false);
        add(out, portuguese, false);
        add(out, chinese, true);
        return out;
    }();
    return table[static_cast<std::size_t>(what)];
}

}  // namespace

bool is_worded(Wording what, std::string_view folded) {
    return lists(what).words.contains(folded);
}

bool is_number(const Word& word) {
    return word.number || is_worded(Wording::figure, word.folded);
}

bool has_worded(Wording what, std::string_view spaced, std::string_view text) {
    const Lists& all = lists(what);
    const auto in = [](std::string_view where) {
        return [where](std::string_view part) { return where.find(part) != where.npos; };
    };
    return std::any_of(all.phrases.begin(), all.phrases.end(), in(spaced)) ||
           std::any_of(all.unspaced.begin(), all.unspaced.end(), in(text));
}

std::size_t begins_worded(Wording what, std::string_view spaced) {
    std::size_t out = 0;
    for (const std::string& phrase : lists(what).phrases)
        if (spaced.starts_with(phrase))
            out = std::max(
                out, static_cast<std::size_t>(std::count(phrase.begin(), phrase.end(), ' ') - 1));
    return out;
}

}  // namespace lectern::text
