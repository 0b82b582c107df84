// passages/asked_kind.hpp: whether a sentence has the kind of thing that a question asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passages/candidates.hpp"

namespace lectern::passages {

class AskedKind {
 public:
    explicit AskedKind(std::string_view question);

    // For a date or a number: 1 when the candidate (with the sentence that it leans on) has one
    // that the question has not, otherwise -1. 0 when none is asked for.
    [[nodiscard]] double number(const Candidate& candidate, std::string_view passage) const;

    // For "What is X?", X one word or a few in a row: whether the passage, its title or heading
    // lacks them in a row.
    [[nodiscard]] bool lacks_term(const Candidate& candidate, const Passage& passage) const;

    // The same for a name, when a person or a place is asked for.
    [[nodiscard]] double name(const Candidate& candidate, std::string_view passage) const;

    // For an answer within a passage, or a sentence: 1 when it has the number, the date or the
    // person that is asked for, -1 when not, or when it is a date and no time is asked for ("What
    // is the budget?"). 0 where another answer is as good: "When is it refused?" asks for a
    // condition, "Who can delete it?" for a role.
    [[nodiscard]] double in(std::string_view passage, Range answer) const;

    // Whether a sentence speaks of another of the same kind: of BERT Large, where the question has
    // BERT Tiny, or of the Vega project and not of the Orion project. By two words in a row of the
    // question, a name or a number and its neighbour.
    [[nodiscard]] bool of_another(std::string_view sentence) const;

    // For "What is X?": 1 when the candidate begins with X and goes on with what it is, or is the
    // first under the heading X; 0.5 when it says what is called X, or something else of X. -1 when
    // it does nothing of the kind and X is a word or a few.
    [[nodiscard]] double definition(const Candidate& candidate, std::string_view title) const;

 private:
    [[nodiscard]] bool asked_already(const std::string& folded) const;
    [[nodiscard]] bool is_of(const Candidate& candidate, std::string_view title) const;

    bool number_ = false;
    bool date_ = false;
    bool name_ = false;
    bool number_answers_ = false;  // and nothing but a number (a date)
    bool person_answers_ = false;
    bool no_date_answers_ = false;
    std::vector<text::Word> asked_;
    std::vector<bool> named_;  // of each of these words: a name or a number
    std::vector<std::string> defined_;
    bool term_ = false;  // what is to be defined is a word or a few in a row
};

}  // namespace lectern::passages
