#include "engine/answers/sentence_grammar.hpp"

#include "text/double_quoted.hpp"

namespace lectern {

std::string sentence_grammar(std::span<const std::string> sentences) {
    std::string out;
    for (const std::string& sentence : sentences)
        out += (out.empty() ? "root ::= " : " | ") + text::double_quoted(sentence);
    return out.empty() ? out : out + "\n";
}

}  // namespace lectern
