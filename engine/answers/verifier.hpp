// engine/answers/verifier.hpp: the writer says nothing that the readers did not find.
//
// A written sentence passes when its marks [n] exist, its numbers and names occur in the evidence
// it cites, its negations agree with that evidence, and most of its content words are there. A
// sentence without marks is checked against the evidence that supports it best, and gets that mark.
// All functions are pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

struct NumberedEvidence {
    unsigned n = 0;  // its mark, from 1
    std::string_view text;
    std::string_view title;         // names in the title count as found
    double score = 0;               // the reader's, to compare evidence by; 0: all alike
    std::string_view answer = {};   // the part of `text` that answers; "": the reader does not say
    std::string_view passage = {};  // that the text is from: what the reader has read
    double certainty = 1;           // 0 to 1: how sure the reader is of `answer`
    std::string_view header = {};   // of the table that `text` is a row of; "": of none
};

struct VerifierOptions {
    // Least share of a sentence's content words that the cited evidence or the question holds.
    double min_support = 0.75;
    // The sentence is the question's words around the answer that was found (answer_frames.hpp):
    // only its names and numbers are looked for.
    bool framed = false;
};

struct Verdict {
    bool supported = false;
    std::vector<unsigned> cited;  // marks that hold, ascending; the best guess when unsupported
    std::string text;             // the sentence without marks and without white space around it
    std::string reason;           // why it is not supported, for --explain and logs
};

[[nodiscard]] Verdict verify_sentence(std::string_view sentence, std::string_view question,
                                      std::span<const NumberedEvidence> evidence,
                                      const VerifierOptions& options = {});

// A sentence without its marks, and those of them that point at evidence, ascending.
struct Marked {
    std::string text;
    std::vector<unsigned> marks;
};
[[nodiscard]] Marked take_marks(std::string_view sentence,
                                std::span<const NumberedEvidence> evidence);

// Whether a text has a negation in it.
[[nodiscard]] bool negates(std::string_view text);

// The sentence with its marks in front of the final stop: "It reads both ways [1][2]."
[[nodiscard]] std::string with_marks(std::string_view sentence, std::span<const unsigned> marks);

}  // namespace lectern
