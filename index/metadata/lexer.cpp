#include "index/metadata/lexer.hpp"

#include <algorithm>
#include <array>

#include "text/ascii.hpp"
#include "text/text.hpp"

namespace lectern::filter {
namespace {

constexpr std::size_t longest = 1024 * 1024;
constexpr std::array<std::string_view, 9> keywords{"and",    "or",     "not",  "in",   "contains",
                                                   "begins", "exists", "true", "false"};

bool space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
// Letters of other scripts have bytes above 0x7F.
bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

class Lexer {
 public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Result<std::vector<Token>> run() {
        std::vector<Token> out;
        while (true) {
            while (at_ < text_.size() && space(text_[at_])) step(1);
            Token token;
            token.column = column_;
            const std::size_t begin = at_;
            if (at_ < text_.size()) LECTERN_TRY(next(token));
            token.source = text_.substr(begin, at_ - begin);
            out.push_back(std::move(token));
            if (out.back().kind == TokenKind::end) return out;
        }
    }

 private:
    void step(std::size_t bytes) {
        for (; bytes > 0; --bytes, ++at_)
            if ((static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80U) ++column_;
    }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    Status next(Token& token) {
        const char c = peek();
        if (c == '"' || c == '\'' || c == '`') return quoted(token);
        if (text::is_digit(c) ||
            ((c == '-' || c == '+' || c == '.') && (text::is_digit(peek(1)) || peek(1) == '.')))
            return number(token);
        if (letter(c)) return name(token);
        return sign(token);
    }

    Status sign(Token& token) {
        constexpr std::array<std::string_view, 8> comparisons{
            "==", "!=", "<>", "<=", ">=", "=", "<", ">"};
        for (const std::string_view sign : comparisons)
            if (text_.substr(at_).starts_with(sign)) {
                token.kind = TokenKind::comparison;
                token.text = sign == "==" ? "=" : sign == "<>" ? "!=" : sign;
                step(sign.size());
                return {};
            }
        const char c = peek();
        if (c != '(' && c != ')' && c != ',')
            return wrong(column_, "'" + std::string(1, c) + "' has no meaning here");
        token.kind = c == '(' ? TokenKind::open : c == ')' ? TokenKind::close : TokenKind::comma;
        token.text = c;
        step(1);
        return {};
    }

    // A backslash takes the next character as it is.
    Status quoted(Token& token) {
        const char mark = peek();
        step(1);
        while (at_ < text_.size() && peek() != mark) {
            if (peek() == '\\' && at_ + 1 < text_.size()) step(1);
            token.text.push_back(peek());
            step(1);
        }
        if (at_ >= text_.size())
            return wrong(token.column, std::string("the ") + mark + " is never closed");
        step(1);
        token.kind = mark == '`' ? TokenKind::name : TokenKind::string;
        if (mark == '`' && token.text.empty()) return wrong(token.column, "the field has no name");
        return {};
    }

    // Everything that can belong to a number or a date; which of them, the parser finds out.
    Status number(Token& token) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && (text::is_digit(peek()) || letter(peek()) || peek() == '.' ||
                                      peek() == '+' || peek() == '-' || peek() == ':'))
            step(1);
        token.text = text_.substr(begin, at_ - begin);
        const bool dashed = token.text.size() > 4 && token.text[4] == '-' &&
                            std::all_of(token.text.begin(), token.text.begin() + 4, text::is_digit);
        token.kind = dashed ? TokenKind::date : TokenKind::number;
        return {};
    }

    Status name(Token& token) {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (letter(peek()) || text::is_digit(peek()) ||
                ((peek() == '.' || peek() == '-') && (letter(peek(1)) || text::is_digit(peek(1))))))
            step(1);
        token.text = text_.substr(begin, at_ - begin);
        token.kind = TokenKind::name;
        std::string lower = token.text;
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (std::find(keywords.begin(), keywords.end(), lower) != keywords.end()) {
            token.kind = TokenKind::word;
            token.text = std::move(lower);
        }
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t column_ = 1;
};

}  // namespace

Status wrong(std::size_t column, const std::string& what) {
    return {Code::invalid_argument, "filter, column " + std::to_string(column) + ": " + what};
}

Result<std::vector<Token>> tokenize(std::string_view text) {
    if (text.size() > longest)
        return Status{Code::invalid_argument, "the filter has " + std::to_string(text.size()) +
                                                  " bytes; the limit is " +
                                                  std::to_string(longest)};
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return Status{Code::invalid_argument,
                      "the filter is not valid UTF-8 at byte " + std::to_string(bad)};
    return Lexer(text).run();
}

}  // namespace lectern::filter
