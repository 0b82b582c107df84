#include "index/metadata/parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace lectern::filter {
namespace {

// The tree with all its parentheses.
std::string show(const Expression& expression) {
    const auto joined = [&](const char* word) {
        std::string out = "(";
        for (std::size_t i = 0; i < expression.operands.size(); ++i)
            out += (i == 0 ? "" : word) + show(expression.operands[i]);
        return out + ")";
    };
    switch (expression.kind) {
        case Expression::Kind::negation: return "not " + show(expression.operands.front());
        case Expression::Kind::all: return joined(" and ");
        case Expression::Kind::any: return joined(" or ");
        case Expression::Kind::condition: break;
    }
    constexpr const char* comparisons[] = {"in", "<",        "<=",     ">",
                                           ">=", "contains", "begins", "exists"};
    const Condition& condition = expression.condition;
    std::string out = condition.field + ":" + comparisons[int(condition.comparison)];
    constexpr const char* kinds[] = {"s", "n", "d", "b"};
    for (const Literal& literal : condition.values)
        out += std::string(":") + kinds[int(literal.kind)] + literal.text;
    return out;
}

TEST(Parser, BindsNotBeforeAndBeforeOr) {
    struct Case {
        const char* text;
        const char* tree;
    };
    const std::vector<Case> cases{
        {"year = 2020", "year:in:n2020"},
        {"year == 2020", "year:in:n2020"},
        {"year != 2020", "not year:in:n2020"},
        {"year <> 2020", "not year:in:n2020"},
        {"a = 1 or b = 2 and c = 3", "(a:in:n1 or (b:in:n2 and c:in:n3))"},
        {"(a = 1 or b = 2) and c = 3", "((a:in:n1 or b:in:n2) and c:in:n3)"},
        {"not a = 1 and b = 2", "(not a:in:n1 and b:in:n2)"},
        {"NOT (a = 1 And b = 2)", "not (a:in:n1 and b:in:n2)"},
        {"not not a = 1", "not not a:in:n1"},
        {"a = 1 and b = 2 and c = 3", "(a:in:n1 and b:in:n2 and c:in:n3)"},
        {R"(year >= 2020 and source = "x" or not tag in ("a",'b'))",
         "((year:>=:n2020 and source:in:sx) or not tag:in:sa:sb)"},
        {"tag not in (1, true, 2020-01-01)", "not tag:in:n1:btrue:d2020-01-01"},
        {"on < 2020-05-17T10:30:00+02:00", "on:<:d2020-05-17T10:30:00+02:00"},
        {"author.name contains \"é\"", "author.name:contains:sé"},
        {"id begins 'docs/'", "id:begins:sdocs/"},
        {"id not begins 'docs/'", "not id:begins:sdocs/"},
        {"year exists or year not exists", "(year:exists or not year:exists)"},
        {R"(`my key` = "a \"b\" \\")", R"(my key:in:sa "b" \)"},
        {"größe <= +3", "größe:<=:n+3"},
        {"source-file = 'x'", "source-file:in:sx"},
        {"`and` = 1", "and:in:n1"},
    };
    for (const Case& one : cases) {
        const auto tree = parse(one.text);
        ASSERT_TRUE(tree.ok()) << one.text << ": " << tree.status().message();
        EXPECT_EQ(show(*tree), one.tree) << one.text;
    }
}

TEST(Parser, ErrorsPointAtTheColumn) {
    struct Case {
        std::string text;
        const char* message;
    };
    const std::vector<Case> cases{
        {"", "filter, column 1: the filter is empty"},
        {"  ", "filter, column 1: the filter is empty"},
        {"year",
         "filter, column 5: a comparison is expected after the field: =, !=, <, <=, >, >=, "
         "in, contains, begins or exists, but the filter ends"},
        {"year >= and x = 1", "filter, column 9: a value is expected, but there is 'and'"},
        {"year >= 2020 and", "filter, column 17: a field is expected, but the filter ends"},
        {"year >= 2020 source = 1",
         "filter, column 14: 'and', 'or' or the end is expected after a condition, but there is "
         "'source'"},
        {"(a = 1", "filter, column 1: this '(' is never closed"},
        {"a = 1)", "filter, column 6: there is no '(' for this ')'"},
        {"(a = 1 b", "filter, column 8: ')', 'and' or 'or' is expected, but there is 'b'"},
        {"a in 1", "filter, column 6: '(' is expected after 'in', but there is '1'"},
        {"a in ()", "filter, column 7: a value is expected, but there is ')'"},
        {"a in (1 2)", "filter, column 9: ',' or ')' is expected, but there is '2'"},
        {"a = x", "filter, column 5: a value is expected; a string needs quotation marks: \"x\""},
        {"\"a\" = 1", "filter, column 1: a field is expected; write `a` when this is one"},
        {"1 = a", "filter, column 1: a field is expected, but there is '1'"},
        {"größe = 'x", "filter, column 9: the ' is never closed"},
        {"a = 1and b = 2", "filter, column 5: '1and' is not a number"},
        {"a = 1..2", "filter, column 5: '1..2' is not a number"},
        {"a = 1e999", "filter, column 5: '1e999' is not a number"},
        {"a = 2020-02-30",
         "filter, column 5: '2020-02-30' is not a date; write 2020-05-17 or 2020-05-17T10:30:00Z"},
        {"a < true", "filter, column 5: true and false can be compared with = and != only"},
        {"a contains 3",
         "filter, column 12: a string in quotation marks is expected, but there is '3'"},
        {"a not = 3",
         "filter, column 7: 'in', 'contains', 'begins' or 'exists' is expected, but "
         "there is '='"},
        {"a & b", "filter, column 3: '&' has no meaning here"},
        {"`` = 1", "filter, column 1: the field has no name"},
        {"a = \xFF", "the filter is not valid UTF-8 at byte 4"},
        {std::string(101, '(') + "a = 1", "filter, column 101: this is nested more than 100 deep"},
        {std::string(2 << 20, ' '), "the filter has 2097152 bytes; the limit is 1048576"},
    };
    for (const Case& one : cases) {
        const auto tree = parse(one.text);
        ASSERT_FALSE(tree.ok()) << one.text;
        EXPECT_EQ(tree.status().message(), one.message) << one.text;
    }
}

TEST(Parser, BoundsConditionsButNotValues) {
    std::string many = "a = 1";
    for (int i = 0; i < most_conditions; ++i) many += " or a = 1";
    EXPECT_FALSE(parse(many).ok());
    std::string values = "a in (0";
    for (int i = 0; i < 10000; ++i) values += "," + std::to_string(i);
    EXPECT_TRUE(parse(values + ")").ok());
}

// Any words in any order give a tree or a message, and end.
TEST(Parser, TakesAnyText) {
    constexpr const char* words[] = {"a",  "and", "or",       "not",     "in",     "(",    ")",
                                     ",",  "=",   "!=",       "<",       "\"x\"",  "'",    "1",
                                     "-",  "`b`", "contains", "2020-01", "exists", "true", "\\",
                                     "\"", "é",   "\x80",     "begins",  "."};
    std::mt19937 random(1);
    std::size_t trees = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto left = random() % 12; left > 0; --left) {
            text += words[random() % std::size(words)];
            if (random() % 4 != 0) text += ' ';
        }
        const auto tree = parse(text);
        if (tree.ok())
            ++trees;
        else
            EXPECT_FALSE(tree.status().message().empty());
    }
    EXPECT_GT(trees, 0U);
}

}  // namespace
}  // namespace lectern::filter
