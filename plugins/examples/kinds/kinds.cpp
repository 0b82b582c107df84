// One small stage of each kind; docs/plugin-guide.md shows them. They need no model, so that a
// whole pipeline of them runs anywhere.
#include "common_words.hpp"
#include "first_evidence.hpp"
#include "lectern/plugin.hpp"
#include "most_words.hpp"
#include "paged_text.hpp"
#include "paragraphs.hpp"
#include "raw_text.hpp"
#include "recent_first.hpp"
#include "same_numbers.hpp"

using lectern::plugin::stage;

LECTERN_PLUGIN("kinds", "1.0.0", "A stage of each kind", "Apache-2.0",
               stage<PagedText>("paged-text", "Plain text with pages"),
               stage<Paragraphs>("paragraphs", "A chunk a paragraph"),
               stage<RawText>("raw-text", "Tokens that are the whole text"),
               stage<Trigrams>("trigrams", "Vectors of three letters each, from raw text"),
               stage<RecentFirst>("recent-first", "By score, id and year", RecentFirst::options),
               stage<MostWords>("most-words", "Sentences with the question's words"),
               stage<FirstEvidence>("first-evidence", "Writes the first piece of evidence"),
               stage<SameNumbers>("same-numbers", "Numbers must be those of the evidence"),
               stage<CommonWords>("common-words", "Learns the words that most texts have",
                                  CommonWords::options))
