// What users type: words, phrases, prefixes; and whether a text has them.
#include "index/lexical/analysis.hpp"
#include "index/lexical/query.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    namespace lexical = index::lexical;
    const std::string_view typed = take_part(input);
    const lexical::QueryText query = lexical::read_query(typed);
    for (const auto& phrase : query.phrases) must(!phrase.empty(), "a phrase has words");
    for (const auto& prefix : query.prefixes) must(!prefix.empty(), "a prefix has letters");
    (void)lexical::meets("a title", input, query);
    lexical::Analyzer analyzer({});
    const auto language = analyzer.language(typed, input);
    for (const std::string& word : query.words)
        must(analyzer.term(word, language).size() <= lexical::longest_term, "a term is cut");
    for (const auto& [term, count] : analyzer.field(input, language).counts)
        must(!term.empty() && count > 0, "a term that is counted is there");
}

}  // namespace lectern::fuzz
