// text/wording.hpp: the words by which questions and answers show what they are about, in all
// languages, in one table (wording.cpp). A further language is a further list there.
#pragma once

#include <cstdint>
#include <string_view>

#include "text/text.hpp"

namespace lectern::text {

enum class Wording : std::uint8_t {
    // In questions.
    number,         // "how many"
    date,           // "what year"
    when,           // "when": a question word
    time,           // "day": one of these is in a question that a date may answer
    person,         // "who": question words
    other_asking,   // question words that ask for none of these
    besides,        // "and": a question word behind it asks too
    place,          // "where"
    reason,         // "why"
    explanation,    // "how", "difference"
    definition,     // "what is": the question begins with it
    being,          // "is": so begins "Is BERT a decoder?"
    asked_article,  // before what is asked about
    kind,           // "command": behind the name of one
    auxiliary,      // "does": between the question word and what is asked about
    // In questions that lean on the one before.
    going_on,           // "what about": the question begins with it
    person_pronoun,     // "she"
    thing_pronoun,      // "it"
    plural_pronoun,     // "they"
    person_possessive,  // "her" before a noun
    thing_possessive,   // "its"
    plural_possessive,  // "their"
    demonstrative,      // "this"
    that_year,          // "then"
    that_place,         // "there"
    // In titles.
    introduction,  // "overview": of what a page is about
    // In sentences.
    calendar,        // months, centuries
    figure,          // numbers in words
    copula,          // between what is defined and what it is
    article,         // behind that
    naming,          // "called"
    conjunction,     // between the items of a list
    alternative,     // those of them that leave open which: "or"
    binding,         // "between", "that": what "and" joins behind it is one
    sentence_joint,  // that a sentence may begin with
    pointing,        // "see": what begins so says where to look
    pronoun,         // that lean on the sentence before
};

// Whether a folded word is one of these.
[[nodiscard]] bool is_worded(Wording what, std::string_view folded);

// In figures or in words.
[[nodiscard]] bool is_number(const Word& word);

// Whether a text has one of these. `spaced`: its folded words with a space before and behind each.
// Of languages that write no spaces, the text itself is looked at.
[[nodiscard]] bool has_worded(Wording what, std::string_view spaced, std::string_view text);

// How many words of `spaced` one of these is that it begins with; 0 when there is none. The longest
// counts.
[[nodiscard]] std::size_t begins_worded(Wording what, std::string_view spaced);

}  // namespace lectern::text
