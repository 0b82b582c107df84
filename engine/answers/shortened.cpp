#include "engine/answers/shortened.hpp"

#include <algorithm>
#include <array>

#include "engine/answers/keeps.hpp"
#include "text/content_words.hpp"
#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

constexpr std::size_t most_forms = 12;
constexpr std::size_t fewest_form_words = 3;

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// Whether a clause of its own begins at word `i`: "which", "but", "making", "and the". An "and"
// before any other word may join the items of a list.
bool begins_a_clause(const std::vector<text::Word>& words, std::size_t i, bool comma) {
    constexpr std::array<std::string_view, 18> joining{
        "but",     "which", "who",    "while", "where", "when",    "because", "although", "though",
        "whereas", "after", "before", "aber",  "weil",  "während", "pero",    "mais",     "obwohl"};
    constexpr std::array<std::string_view, 14> subjects{"the",   "a",    "an",   "it",  "he",
                                                        "she",   "they", "this", "its", "his",
                                                        "their", "der",  "die",  "das"};
    const std::string& word = words[i].folded;
    if (is_one_of(joining, word)) return true;
    if (!comma) return false;
    if (word == "and" || word == "und")
        return i + 1 < words.size() && is_one_of(subjects, words[i + 1].folded);
    return word.size() > 5 && word.ends_with("ing");
}

// As a sentence: without the comma that it was cut at.
std::string ended(std::string_view text) {
    std::string out(text.substr(0, text.find_last_not_of(" ,;:-") + 1));
    for (char& c : out)
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    return out.empty() || out.back() == '.' ? out : out + ".";
}

// Where a clause ends and another begins.
std::vector<std::size_t> ends_of_clauses(std::string_view evidence,
                                         const std::vector<text::Word>& words) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::size_t end = words[i].range.end;
        const std::string_view between = evidence.substr(end, words[i + 1].range.begin - end);
        if (between == ":" || between == ": " || between == "; ")
            out.push_back(end);
        else if (between == " " || between == ", ")
            if (begins_a_clause(words, i + 1, between == ", ")) out.push_back(end);
    }
    return out;
}

bool passes(std::string_view form, std::string_view question, const NumberedEvidence& evidence) {
    const std::string known = std::string(evidence.title) + "\n" + std::string(evidence.text);
    return text::words(form).size() >= fewest_form_words &&
           verify_sentence(form, question, std::span(&evidence, 1)).supported &&
           follows(form, known) && keeps_the_answer(form, question, evidence.text) &&
           cuts_safely(form, question, evidence.text);
}

std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

}  // namespace

std::vector<std::string> shortened(std::string_view question, const NumberedEvidence& evidence) {
    if (!knows_what_to_keep(question, evidence.text)) return {};
    if (text::sentences(evidence.text).size() != 1) return {};
    const std::vector<text::Word> words = text::words(evidence.text);
    const std::vector<std::size_t> ends = ends_of_clauses(evidence.text, words);
    std::vector<std::string> out;
    const auto add = [&](std::string form) {
        if (out.size() < most_forms && std::find(out.begin(), out.end(), form) == out.end() &&
            passes(form, question, evidence))
            out.push_back(std::move(form));
    };
    for (auto end = ends.rbegin(); end != ends.rend(); ++end)
        add(ended(evidence.text.substr(0, *end)));
    // Of a list of counts, one: from the first number on to another.
    const auto first = std::find_if(words.begin(), words.end(),
                                    [](const text::Word& word) { return word.number; });
    for (auto item = first; item != words.end(); ++item) {
        if (item == first || !item->number) continue;
        const std::string begin(evidence.text.substr(0, first->range.begin));
        const std::size_t until =
            std::min(evidence.text.find_first_of(",;:.", item->range.end), evidence.text.size());
        add(ended(begin +
                  std::string(evidence.text.substr(item->range.begin, until - item->range.begin))));
    }
    return out;
}

std::string one_of(std::span<const std::string> texts) {
    std::string out = "root ::= ";
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) out += " | ";
        out += literal(texts[i]);
    }
    return out + "\n";
}

}  // namespace lectern
