#include "engine/answers/sentence_grammar.hpp"

#include <string_view>

namespace lectern {
namespace {

// As a terminal of GBNF.
std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

}  // namespace

std::string sentence_grammar(std::span<const std::string> sentences) {
    std::string out;
    for (const std::string& sentence : sentences)
        out += (out.empty() ? "root ::= " : " | ") + literal(sentence);
    return out.empty() ? out : out + "\n";
}

}  // namespace lectern
