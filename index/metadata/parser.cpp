#include "index/metadata/parser.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "index/metadata/lexer.hpp"
#include "text/text.hpp"

namespace lectern::filter {
namespace {

Expression negated(Expression operand) {
    Expression out;
    out.kind = Expression::Kind::negation;
    out.operands.push_back(std::move(operand));
    return out;
}

class Parser {
 public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    Result<Expression> run() {
        if (now().kind == TokenKind::end) return wrong(1, "the filter is empty");
        LECTERN_ASSIGN(Expression out, row("or", 0));
        if (now().kind == TokenKind::close)
            return wrong(now().column, "there is no '(' for this ')'");
        if (now().kind != TokenKind::end)
            return unexpected("'and', 'or' or the end is expected after a condition");
        return out;
    }

 private:
    [[nodiscard]] const Token& now() const { return tokens_[at_]; }
    [[nodiscard]] bool is(std::string_view word) const {
        return now().kind == TokenKind::word && now().text == word;
    }
    bool take(std::string_view word) {
        if (!is(word)) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] Status unexpected(const std::string& expected) const {
        const std::string found =
            now().kind == TokenKind::end
                ? "the filter ends"
                : "there is '" + std::string(text::prefix(now().source, 60)) + "'";
        return wrong(now().column, expected + ", but " + found);
    }

    // Operands with "or" between them, or within those, with "and".
    Result<Expression> row(std::string_view word, int depth) {
        const bool any = word == "or";
        Expression out;
        out.kind = any ? Expression::Kind::any : Expression::Kind::all;
        do {
            LECTERN_ASSIGN(Expression operand, any ? row("and", depth) : negation(depth));
            out.operands.push_back(std::move(operand));
        } while (take(word));
        if (out.operands.size() > 1) return out;
        Expression only = std::move(out.operands.front());
        return only;
    }

    Result<Expression> negation(int depth) {
        if (depth >= deepest)
            return wrong(now().column,
                         "this is nested more than " + std::to_string(deepest) + " deep");
        if (take("not")) {
            LECTERN_ASSIGN(Expression operand, negation(depth + 1));
            return negated(std::move(operand));
        }
        if (now().kind != TokenKind::open) return condition();
        const std::size_t opened = now().column;
        ++at_;
        LECTERN_ASSIGN(Expression out, row("or", depth + 1));
        if (now().kind == TokenKind::end) return wrong(opened, "this '(' is never closed");
        if (now().kind != TokenKind::close) return unexpected("')', 'and' or 'or' is expected");
        ++at_;
        return out;
    }

    Result<Expression> condition() {
        if (now().kind == TokenKind::string && tokens_[at_ + 1].kind == TokenKind::comparison)
            return wrong(now().column,
                         "a field is expected; write `" + now().text + "` when this is one");
        if (now().kind != TokenKind::name) return unexpected("a field is expected");
        if (++conditions_ > most_conditions)
            return wrong(now().column, "there are more than " + std::to_string(most_conditions) +
                                           " conditions; 'in (…)' takes any number of values");
        Expression out;
        out.condition.field = now().text;
        out.condition.column = now().column;
        ++at_;
        if (now().kind == TokenKind::comparison) {
            const std::string sign = now().text;
            ++at_;
            return compared(std::move(out), sign);
        }
        const bool negate = take("not");
        LECTERN_TRY(worded(out.condition, negate));
        return negate ? negated(std::move(out)) : std::move(out);
    }

    Result<Expression> compared(Expression out, const std::string& sign) {
        const Token& written = now();
        LECTERN_ASSIGN(Literal literal, value());
        const bool equality = sign == "=" || sign == "!=";
        if (literal.kind == Kind::boolean && !equality)
            return wrong(written.column, "true and false can be compared with = and != only");
        out.condition.values.push_back(std::move(literal));
        out.condition.comparison = equality       ? Comparison::one_of
                                   : sign == "<"  ? Comparison::less
                                   : sign == "<=" ? Comparison::less_equal
                                   : sign == ">"  ? Comparison::greater
                                                  : Comparison::greater_equal;
        return sign == "!=" ? negated(std::move(out)) : std::move(out);
    }

    Status worded(Condition& condition, bool negate) {
        if (take("exists")) {
            condition.comparison = Comparison::exists;
            return {};
        }
        if (is("contains") || is("begins")) {
            condition.comparison = is("begins") ? Comparison::begins : Comparison::contains;
            ++at_;
            if (now().kind != TokenKind::string)
                return unexpected("a string in quotation marks is expected");
            LECTERN_ASSIGN(Literal literal, value());
            condition.values.push_back(std::move(literal));
            return {};
        }
        if (take("in")) return list(condition);
        return unexpected(negate ? "'in', 'contains', 'begins' or 'exists' is expected"
                                 : "a comparison is expected after the field: =, !=, <, <=, >, >=, "
                                   "in, contains, begins or exists");
    }

    Status list(Condition& condition) {
        condition.comparison = Comparison::one_of;
        if (now().kind != TokenKind::open) return unexpected("'(' is expected after 'in'");
        ++at_;
        while (true) {
            LECTERN_ASSIGN(Literal literal, value());
            condition.values.push_back(std::move(literal));
            if (now().kind == TokenKind::comma) {
                ++at_;
                continue;
            }
            if (now().kind != TokenKind::close) return unexpected("',' or ')' is expected");
            ++at_;
            return {};
        }
    }

    Result<Literal> value() {
        const Token& token = now();
        Literal out;
        out.column = token.column;
        out.text = token.text;
        switch (token.kind) {
            case TokenKind::string:
                out.folded = text::fold(token.text);
                if (const auto time = parse_date(token.text)) {
                    out.time = *time;
                    out.dated = true;
                }
                break;
            case TokenKind::number: LECTERN_TRY(number(token, out)); break;
            case TokenKind::date: {
                const auto time = parse_date(token.text);
                if (!time)
                    return wrong(token.column,
                                 "'" + token.text +
                                     "' is not a date; write 2020-05-17 or 2020-05-17T10:30:00Z");
                out.kind = Kind::date;
                out.time = *time;
                out.dated = true;
                break;
            }
            case TokenKind::word:
                if (token.text == "true" || token.text == "false") {
                    out.kind = Kind::boolean;
                    out.number = Number::of(token.text == "true" ? 1.0 : 0.0);
                    break;
                }
                return unexpected("a value is expected");
            case TokenKind::name:
                return wrong(
                    token.column,
                    "a value is expected; a string needs quotation marks: \"" + token.text + "\"");
            default: return unexpected("a value is expected");
        }
        ++at_;
        return out;
    }

    // Where the digits are a whole number of this type.
    template <typename Whole>
    static void exact(std::string_view digits, Number& to) {
        Whole value = 0;
        const char* const stop = digits.data() + digits.size();
        const auto [end, error] = std::from_chars(digits.data(), stop, value);
        if (error == std::errc() && end == stop) to = Number::of(value);
    }

    static Status number(const Token& token, Literal& to) {
        std::string_view digits = token.text;
        if (digits.starts_with('+')) digits.remove_prefix(1);
        double nearest = 0;
        const char* const stop = digits.data() + digits.size();
        const auto [end, error] = std::from_chars(digits.data(), stop, nearest);
        if (error != std::errc() || end != stop || !std::isfinite(nearest))
            return wrong(token.column, "'" + token.text + "' is not a number");
        to.number = Number::of(nearest);
        exact<std::int64_t>(digits, to.number);
        exact<std::uint64_t>(digits, to.number);
        to.kind = Kind::number;
        return {};
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int conditions_ = 0;
};

}  // namespace

Result<Expression> parse(std::string_view text) {
    LECTERN_ASSIGN(std::vector<Token> tokens, tokenize(text));
    return Parser(std::move(tokens)).run();
}

}  // namespace lectern::filter
