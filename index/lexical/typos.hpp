// index/lexical/typos.hpp: the terms of an index that are spelt nearly as a word.
//
// The terms stand in order, so the edits between a word and all terms that begin alike are counted
// once, and beginnings that are too far already are leapt over: K. Oflazer, "Error-tolerant finite-
// state recognition" (Computational Linguistics 22, 1996), with the sorted rows as the automaton.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index/lexical/state.hpp"

namespace lectern::index::lexical {

// Insertions, deletions, replacements and swaps of neighbours.
struct NearTerm {
    std::string term;
    unsigned edits = 0;
    std::int64_t chunks = 0;  // live ones that have it
};

// How many edits a word may be away from what was meant: one from 5 letters, two from 9, none when
// it has anything but letters, is of a script without spaces between words, or too long to be one.
[[nodiscard]] unsigned typing_edits(std::string_view folded);

// The word with one of its letters left out, or two neighbours changed, but for the first letter.
[[nodiscard]] std::vector<std::string> mended_forms(std::string_view word);

// Terms of 1 to `edits` edits that begin with the same letter, nearest first, then most frequent;
// `most` at most.
[[nodiscard]] Result<std::vector<NearTerm>> near_terms(const State& state, std::string_view term,
                                                       unsigned edits, std::size_t most);

}  // namespace lectern::index::lexical
