#include "engine/answers/sentence_grammar.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "engine/answers/question_parts.hpp"
#include "text/language.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

constexpr std::size_t most_words = 160;  // of question and evidence
constexpr std::size_t fewest_words = 4;
constexpr std::string_view before = "{0,12}";  // words, and behind the answer
constexpr std::string_view behind = "{0,6}";

constexpr std::array<std::string_view, 29> english{
    "the",  "a",    "an",   "of",    "in",  "on",      "at",   "by",   "to",   "for",
    "from", "with", "and",  "is",    "are", "was",     "were", "has",  "have", "had",
    "it",   "its",  "that", "which", "as",  "because", "into", "than", "their"};

// As a terminal of GBNF.
std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

std::string with_capital(std::string_view word) {
    std::int32_t at = 0;
    UChar32 c = 0;
    U8_NEXT(word.data(), at, static_cast<std::int32_t>(word.size()), c);
    if (c <= 0) return std::string(word);
    std::array<char, 4> first{};
    std::int32_t size = 0;
    const UChar32 upper = u_totitle(c);
    U8_APPEND_UNSAFE(first.data(), size, upper);
    return std::string(first.data(), static_cast<std::size_t>(size))
        .append(word.substr(static_cast<std::size_t>(at)));
}

// Between white space, without the punctuation around them.
void add_words(std::string_view text, bool question, std::vector<std::string>& to) {
    constexpr std::string_view spaces = " \t\r\n";
    constexpr std::string_view marks = ".,;:?!\"'()[]<>{}*_`#|";
    for (std::size_t at = 0; (at = text.find_first_not_of(spaces, at)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(spaces, at), text.size());
        std::string_view word = text.substr(at, end - at);
        at = end;
        word.remove_prefix(std::min(word.find_first_not_of(marks), word.size()));
        word = word.substr(0, word.find_last_not_of(marks) + 1);
        if (word.empty() || word.find_first_of("[]<>") != std::string_view::npos) continue;
        const std::string folded = text::fold(word);
        if (question &&
            (is_question_word(folded) || folded == "do" || folded == "does" || folded == "did"))
            continue;
        if (to.size() < most_words && std::find(to.begin(), to.end(), word) == to.end())
            to.emplace_back(word);
    }
}

std::string one_of(const std::vector<std::string>& words, bool capital) {
    std::string out;
    std::vector<std::string> all;
    for (const std::string& word : words) {
        std::string one = capital ? with_capital(word) : word;
        if (std::find(all.begin(), all.end(), one) != all.end()) continue;
        out += (all.empty() ? "" : " | ") + literal(one);
        all.push_back(std::move(one));
    }
    return out;
}

}  // namespace

std::string sentence_grammar(std::string_view question, std::string_view evidence,
                             std::string_view answer, std::span<const Frame> frames) {
    std::string said;  // on one line
    for (const char c : answer) {
        const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (static_cast<unsigned char>(c) < 0x20 && !space) return {};
        if (c == '[' || c == ']' || c == '<' || c == '>') return {};
        if (!space)
            said.push_back(c);
        else if (!said.empty() && said.back() != ' ')
            said.push_back(' ');
    }
    while (!said.empty() && std::string_view(" .,;:").find(said.back()) != std::string_view::npos)
        said.pop_back();
    if (said.empty() || text::invalid_utf8_at(evidence) != std::string_view::npos ||
        text::invalid_utf8_at(question) != std::string_view::npos)
        return {};
    if (!frames.empty()) {
        std::vector<std::string> sentences;
        for (const Frame& frame : frames) sentences.push_back(framed(frame, said));
        return "root ::= " + one_of(sentences, true) + "\n";
    }
    std::vector<std::string> words;
    add_words(question, true, words);
    add_words(evidence, false, words);
    if (words.size() < fewest_words) return {};
    const std::string all = std::string(question) + "\n" + std::string(evidence);
    if (text::guess_language(text::words(all)) != text::Language::english) return {};
    for (const std::string_view word : english)
        if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
    return "root ::= ( " + literal(with_capital(said)) + " | first ( \" \" word )" +
           std::string(before) + " \" \" " + literal(said) + " ) ( \" \" word )" +
           std::string(behind) + " \".\"\nfirst ::= " + one_of(words, true) +
           "\nword ::= " + one_of(words, false) + "\n";
}

}  // namespace lectern
