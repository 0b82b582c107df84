// engine/answers/question_parts.hpp: of what a question and an answer are made, as far as their
// looks tell: names, the words that ask, and what is asked about. For conversation.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern {

// A word, or several that are written as one: "n-gram", "GPT-2".
struct Term {
    text::Range range;
    std::string folded;
    bool name = false;    // written as names are: "BERT", "fastText", "GPT-2", "Markov"
    bool number = false;  // digits only
    bool stop = false;    // carries no content
    bool auxiliary = false;
};

[[nodiscard]] std::vector<Term> terms_of(std::string_view text);

// Terms [first, end).
struct Phrase {
    std::size_t first = 0;
    std::size_t end = 0;
    bool name = false;    // has a name in it
    bool plural = false;  // "CBOW and skip-gram", "hard negatives"
};

// "How many layers | does | BERT Base have", "Who | invented the LSTM", "Is | BERT a decoder".
struct QuestionParts {
    explicit QuestionParts(std::string_view question);

    std::string text;  // without the mark at the end
    std::vector<Term> terms;
    std::size_t asking = 0;  // terms of the words that ask; 0: none
    std::size_t word = 0;    // which of them is the question word ("year" of "in which year": 1)
    bool auxiliary = false;  // terms[asking] is one
    // What is asked about, in order: behind the auxiliary or, without one, behind the verb.
    std::vector<Phrase> phrases;

    // What asks has a noun: "how many layers", "which text".
    [[nodiscard]] bool asks_with_noun() const { return asking > word + 1; }
    // "Is BERT a decoder?"
    [[nodiscard]] bool asks_yes_or_no() const { return asking == 0 && auxiliary; }
    // Its subject is what is asked for: "Who invented the LSTM?"
    [[nodiscard]] bool asks_for_subject() const { return asking > 0 && !auxiliary; }
    [[nodiscard]] std::string_view piece(std::size_t first, std::size_t end) const;
    [[nodiscard]] std::string_view piece(const Phrase& phrase) const {
        return piece(phrase.first, phrase.end);
    }
};

// Names of a text that belong together: "Sepp Hochreiter and Jürgen Schmidhuber".
struct Names {
    std::string together;
    std::vector<std::string> each;
    bool owner = false;  // the last of them: "Pushkin's novel"
};
[[nodiscard]] std::vector<Names> names_in(std::string_view text);

// 2: looks like a person's full name; 1: like one word of such; 0: like none.
[[nodiscard]] int looks_like_a_person(std::string_view name);

[[nodiscard]] bool is_question_word(std::string_view folded);

}  // namespace lectern
