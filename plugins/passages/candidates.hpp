// passages/candidates.hpp: the sentences of passages that may be evidence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passages/characters.hpp"

namespace lectern::passages {

struct Passage {
    std::string_view title;
    std::string_view text;
    double score = 0;  // of the search, larger is better
};

struct Candidate {
    std::size_t passage = 0;
    Range range;                    // in the passage's text, without list and quote marks
    std::string_view heading;       // that it stands under in its passage, without marks; may be ""
    Range header;                   // of the table that it is a row of; may be empty
    std::vector<text::Word> words;  // of a row, also those of its header
    bool speaks_to_a_model = false;
    // Where the sentence before begins when this one leans on it ("It was built in 1874.");
    // otherwise range.begin.
    std::size_t context_begin = 0;
    Range before;        // the sentence before in the same paragraph; may be empty
    bool prose = true;   // a whole sentence, an entry ("Default: 30") or a row of a table with a
                         // header, as it seems: no title, no code
    bool aside = false;  // in parentheses, or "See …"
    bool first_under_heading = false;  // or in the passage
};

// In order of passages and text. Left out: headings, headers of tables, questions, the question
// itself, sentences of fewer than three words. Views point into the passages.
[[nodiscard]] std::vector<Candidate> candidates(std::string_view question,
                                                const std::vector<Passage>& passages);

}  // namespace lectern::passages
