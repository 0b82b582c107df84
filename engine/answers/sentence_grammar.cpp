#include "engine/answers/sentence_grammar.hpp"

#include <array>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "text/one_line.hpp"
#include "text/text.hpp"

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

std::string one_plain_line(std::string_view text) {
    if (text::invalid_utf8_at(text) != std::string_view::npos) return {};
    std::string out = text::one_line(text);
    for (const char c : out)
        if (static_cast<unsigned char>(c) < 0x20 ||
            std::string_view("[]<>").find(c) != std::string_view::npos)
            return {};
    return out;
}

std::string with_capital(std::string_view sentence) {
    std::int32_t at = 0;
    UChar32 c = 0;
    U8_NEXT(sentence.data(), at, static_cast<std::int32_t>(sentence.size()), c);
    if (c <= 0) return std::string(sentence);
    std::array<char, 4> first{};
    std::int32_t size = 0;
    const UChar32 upper = u_totitle(c);
    U8_APPEND_UNSAFE(first.data(), size, upper);
    return std::string(first.data(), static_cast<std::size_t>(size))
        .append(sentence.substr(static_cast<std::size_t>(at)));
}

}  // namespace lectern
