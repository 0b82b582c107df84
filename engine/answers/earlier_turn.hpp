// engine/answers/earlier_turn.hpp: what a question and its answer leave for the next question: what
// a pronoun of it may stand for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/answers/question_parts.hpp"
#include "lectern/lectern.hpp"

namespace lectern::conversation {

struct EarlierTurn {
    explicit EarlierTurn(const Turn& turn);

    [[nodiscard]] std::string piece(const Phrase& phrase) const {
        return std::string(question.piece(phrase));
    }
    // What the question is about: with names first.
    [[nodiscard]] std::vector<std::string> topics(bool persons) const;
    // One thing of "the side effects of ibuprofen".
    [[nodiscard]] std::vector<std::string> single_topics() const;
    // "the port of the server", after "Which port does the server listen on?".
    [[nodiscard]] std::string what_is_asked_for() const;
    // "Which text did Markov study?", "What did Shannon publish?": its answer names a thing.
    [[nodiscard]] bool asks_thing() const;

    QuestionParts question;
    std::string answer;
    bool asks_person = false;
    std::vector<Names> answered;  // that the answer brings in
    std::string year;
};

// What a word stands for.
enum class Kind { person, thing, plural, year, place };

// What a word of this kind may stand for, the likeliest first: in the latest turn that has
// something.
[[nodiscard]] std::vector<std::string> meant(Kind kind, std::span<const EarlierTurn> history);

// Unless it is empty, or there already.
void add_new(std::vector<std::string>& to, std::string one);

[[nodiscard]] bool is_year(const Term& term);

}  // namespace lectern::conversation
