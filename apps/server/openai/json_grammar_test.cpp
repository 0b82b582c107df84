// Grammars of JSON: what each lets a generator write, by a small reader of GBNF.
#include "apps/server/openai/json_grammar.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::server {
namespace {

namespace json = boost::json;

// Matches whole texts against a grammar: literals, classes of bytes, rules, groups, repetitions.
// A byte above 0x7F stands for itself.
class Grammar {
 public:
    explicit Grammar(std::string text) : text_(std::move(text)) {
        while (at_ < text_.size()) {
            const std::string name = word();
            skip("::=");
            rules_[name] = choice();
            while (at_ < text_.size() && text_[at_] == '\n') ++at_;
        }
    }
    [[nodiscard]] bool takes(std::string_view input) {
        input_ = input;
        known_.clear();
        return ends("root", 0).contains(input.size());
    }

 private:
    struct Node {
        enum class Kind { bytes, rule, sequence, choice } kind = Kind::bytes;
        std::set<char> bytes;
        std::string rule;
        std::vector<Node> parts;
        std::size_t least = 1;
        std::size_t most = 1;
    };
    using Ends = std::set<std::size_t>;

    void spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    void skip(std::string_view what) {
        spaces();
        ASSERT_EQ(text_.substr(at_, what.size()), what) << text_.substr(at_, 60);
        at_ += what.size();
    }
    std::string word() {
        spaces();
        const std::size_t begin = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0))
            ++at_;
        EXPECT_GT(at_, begin) << text_.substr(begin, 60);
        if (at_ == begin) at_ = text_.size();
        return text_.substr(begin, at_ - begin);
    }
    char character() {
        if (text_[at_] != '\\') return text_[at_++];
        ++at_;
        if (text_[at_] != 'x') return text_[at_++];
        at_ += 3;
        return static_cast<char>(std::stoi(text_.substr(at_ - 2, 2), nullptr, 16));
    }
    Node choice() {
        Node out{Node::Kind::choice, {}, {}, {}};
        do {
            out.parts.push_back(sequence());
            spaces();
        } while (at_ < text_.size() && text_[at_] == '|' && ++at_ != 0);
        return out;
    }
    Node sequence() {
        Node out{Node::Kind::sequence, {}, {}, {}};
        for (spaces(); at_ < text_.size(); spaces()) {
            const char c = text_[at_];
            if (c == '|' || c == ')' || c == '\n') break;
            out.parts.push_back(item());
        }
        return out;
    }
    Node item() {
        Node out;
        if (text_[at_] == '"') {
            out.kind = Node::Kind::sequence;
            for (++at_; text_[at_] != '"';)
                out.parts.push_back({Node::Kind::bytes, {character()}, {}, {}});
            ++at_;
        } else if (text_[at_] == '[') {
            const bool but = text_[++at_] == '^';
            if (but) ++at_;
            std::set<char> in;
            while (text_[at_] != ']') {
                const char first = character();
                char last = first;
                if (text_[at_] == '-' && text_[at_ + 1] != ']') last = (++at_, character());
                for (int c = first; c <= last; ++c) in.insert(static_cast<char>(c));
            }
            ++at_;
            for (int c = -128; c < 128; ++c)
                if (in.contains(static_cast<char>(c)) != but)
                    out.bytes.insert(static_cast<char>(c));
        } else if (text_[at_] == '(') {
            ++at_;
            out = choice();
            skip(")");
        } else {
            out.kind = Node::Kind::rule;
            out.rule = word();
        }
        if (at_ == text_.size()) return out;
        constexpr std::size_t endless = 1U << 20U;
        const char c = text_[at_];
        if (c == '*' || c == '+' || c == '?') {
            ++at_;
            out.least = c == '+' ? 1 : 0;
            out.most = c == '?' ? 1 : endless;
        } else if (c == '{') {
            const std::size_t end = text_.find('}', at_);
            const std::string bounds = text_.substr(at_ + 1, end - at_ - 1);
            const std::size_t comma = bounds.find(',');
            out.least = std::stoul(bounds);
            out.most = comma == std::string::npos   ? out.least
                       : comma + 1 == bounds.size() ? endless
                                                    : std::stoul(bounds.substr(comma + 1));
            at_ = end + 1;
        }
        return out;
    }

    // Where a rule may end that begins at a place. Rules do not begin with themselves.
    const Ends& ends(const std::string& rule, std::size_t from) {
        const auto key = std::pair(rule, from);
        if (const auto found = known_.find(key); found != known_.end()) return found->second;
        EXPECT_TRUE(rules_.contains(rule)) << rule;
        return known_[key] = once(rules_[rule], from);
    }
    Ends once(const Node& node, std::size_t from) {
        Ends out;
        switch (node.kind) {
            case Node::Kind::bytes:
                if (from < input_.size() && node.bytes.contains(input_[from])) out.insert(from + 1);
                break;
            case Node::Kind::rule: out = ends(node.rule, from); break;
            case Node::Kind::choice:
                for (const Node& part : node.parts) out.merge(Ends(all(part, from)));
                break;
            case Node::Kind::sequence:
                out.insert(from);
                for (const Node& part : node.parts) {
                    Ends next;
                    for (const std::size_t at : out) next.merge(all(part, at));
                    out = std::move(next);
                }
                break;
        }
        return out;
    }
    Ends all(const Node& node, std::size_t from) {
        if (node.least == 1 && node.most == 1) return once(node, from);
        Ends out;
        Ends now{from};
        for (std::size_t i = 0; i < node.most && !now.empty(); ++i) {
            if (i >= node.least) out.insert(now.begin(), now.end());
            Ends next;
            for (const std::size_t at : now) next.merge(once(node, at));
            now = std::move(next);
        }
        out.merge(now);
        return out;
    }

    const std::string text_;
    std::size_t at_ = 0;
    std::map<std::string, Node> rules_;
    std::string_view input_;
    std::map<std::pair<std::string, std::size_t>, Ends> known_;
};

using Texts = std::vector<const char*>;

void check(const Result<std::string>& grammar, const Texts& written, const Texts& not_written) {
    ASSERT_TRUE(grammar.ok()) << grammar.status().message();
    Grammar read(*grammar);
    for (const char* text : written) EXPECT_TRUE(read.takes(text)) << text << *grammar;
    for (const char* text : not_written) EXPECT_FALSE(read.takes(text)) << text << *grammar;
}

struct Case {
    const char* schema;
    Texts written;
    Texts not_written;
};

TEST(JsonGrammar, WritesWhatFulfilsTheSchema) {
    const Case cases[] = {
        {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},
             "required":["a","b"],"additionalProperties":false})",
         {R"({"a": 1, "b": ""})", R"({"a": -20, "b": "x \"y\" \n é"})"},
         {R"({})", R"({"a": 1})", R"({"b": "", "a": 1})", R"({"a": 1.5, "b": ""})",
          R"({"a": 1, "b": "", "c": 1})", R"({"a": 01, "b": ""})", "{\"a\": 1, \"b\": \"\n\"}",
          R"({"a": 1, "b": "\u00e9"})", R"( {"a": 1, "b": ""})"}},
        {R"({"properties":{"a":true,"b":true,"c":true},"required":["b"]})",
         {R"({"b": 1})", R"({"a": [], "b": {"x": null}})", R"({"b": 1, "c": -0.5e+10})",
          R"({"a": 1, "b": 1, "c": 1})"},
         {R"({"a": 1})", R"({"c": 1, "b": 1})", R"({"a": 1, "c": 1})", R"({"b": 1,})", R"([])"}},
        {R"({"properties":{"a":{"const":1},"b":{"const":2}}})",
         {R"({})", R"({"a": 1})", R"({"b": 2})", R"({"a": 1, "b": 2})"},
         {R"({"a": 2})", R"({, "b": 2})"}},
        {R"({"type":"object","required":["x"],"additionalProperties":{"type":"boolean"}})",
         {R"({"x": true})"},
         {R"({})", R"({"x": 1})"}},
        {R"({"type":"object","additionalProperties":{"type":"null"}})",
         {R"({})", R"({"k": null, "l": null})"},
         {R"({"k": 1})"}},
        {R"({"type":"object","additionalProperties":false})", {"{}"}, {R"({"a": 1})"}},
        {R"({"type":"object"})", {"{}", R"({"a": [1, {"b": "c"}]})"}, {"[]", "1"}},
        {R"({})", {"{}", "[]", "1", "\"x\"", "null", "true", "1.5"}, {"", "nul", "1 2", "+1"}},
        {R"({"enum":["a","b\"c",1,null,{"k":[1.25]}]})",
         {R"("a")", R"("b\"c")", "1", "null", R"({"k":[1.25]})"},
         {R"("c")", "2", ""}},
        {R"({"type":"string","enum":["a",1]})", {R"("a")"}, {"1"}},
        {R"({"type":["string","null"],"maxLength":2})",
         {"null", R"("")", R"("ab")", R"("\n\"")"},
         {R"("abc")", "1"}},
        {R"({"type":"string","minLength":2})", {R"("ab")", R"("abcdef")"}, {R"("a")"}},
        {R"({"type":"string","maxLength":0})", {R"("")"}, {R"("a")"}},
        {R"({"type":"array","items":{"type":"boolean"}})",
         {"[]", "[true]", "[true, false]"},
         {"[1]", "[true,]"}},
        {R"({"type":"array","items":{"enum":[1]},"minItems":2,"maxItems":3})",
         {"[1, 1]", "[1, 1, 1]"},
         {"[1]", "[1, 1, 1, 1]"}},
        {R"({"type":"array","items":{"enum":[1]},"maxItems":1})", {"[]", "[1]"}, {"[1, 1]"}},
        {R"({"type":"array","maxItems":0})", {"[]"}, {"[1]"}},
        {R"({"type":"array","items":{"enum":[1]},"minItems":1})", {"[1]", "[1, 1, 1, 1]"}, {"[]"}},
        {R"({"type":"array","prefixItems":[{"enum":[1]},{"enum":["x"]}],"items":false})",
         {R"([1, "x"])"},
         {"[1]", R"([1, "x", 1])"}},
        {R"({"type":"array","prefixItems":[{"enum":[1]}],"items":{"enum":[2]},"minItems":3})",
         {"[1, 2, 2]"},
         {"[1]", "[1, 2]"}},
        {R"({"anyOf":[{"type":"integer"},{"type":"null"}],"default":null,"title":"Age"})",
         {"7", "null"},
         {"true", "1.5"}},
        {R"({"oneOf":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},
                      {"type":"object","properties":{"kind":{"const":"b"},"n":{"type":"integer"}},
                       "required":["kind","n"]}]})",
         {R"({"kind": "a"})", R"({"kind": "b", "n": 1})"},
         {R"({"kind": "b"})", R"({"kind": "c"})"}},
        {R"({"allOf":[{"$ref":"#/$defs/A"}],"description":"x","$defs":{"A":{"type":"boolean"}}})",
         {"true"},
         {"1"}},
        {R"({"$ref":"#/definitions/Node","definitions":{"Node":{"type":"object",
             "properties":{"next":{"anyOf":[{"$ref":"#/definitions/Node"},{"type":"null"}]}},
             "required":["next"]}}})",
         {R"({"next": null})", R"({"next": {"next": {"next": null}}})"},
         {R"({"next": {}})"}},
        {R"({"type":"object","properties":{"a~/b":{"$ref":"#/properties/c"},"c":{"type":"null"}},
             "required":["a~/b"]})",
         {R"({"a~/b": null})"},
         {R"({"a~/b": 1})"}},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.schema);
        check(json_grammar(json::parse(each.schema)), each.written, each.not_written);
    }
}

TEST(JsonGrammar, NumbersKeepTheirBounds) {
    const struct {
        const char* schema;
        double low;
        double high;
        Texts written;
        Texts not_written;
    } cases[] = {
        {R"({"type":"integer","minimum":0,"maximum":10})",
         0,
         10,
         {"0", "9", "10"},
         {"11", "00", "-1", "1.0"}},
        {R"({"type":"integer","minimum":17,"maximum":1234})",
         17,
         1234,
         {"17", "99", "999", "1234"},
         {"16", "1235", "017"}},
        {R"({"type":"integer","minimum":-3,"maximum":2})",
         -3,
         2,
         {"-3", "-1", "0", "2"},
         {"-4", "-0", "3"}},
        {R"({"type":"integer","minimum":-30,"maximum":-11})",
         -30,
         -11,
         {"-30", "-19", "-11"},
         {"-31", "-10", "0", "11"}},
        {R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":3})",
         1,
         2,
         {"1", "2"},
         {"0", "3"}},
        {R"({"type":"integer","minimum":1.5,"maximum":3.5})", 2, 3, {"2", "3"}, {"1", "4"}},
        {R"({"type":"integer","minimum":100})",
         100,
         1e15,
         {"100", "999999999999999"},
         {"99", "1000000000000000"}},
        {R"({"type":"integer","maximum":5,"multipleOf":1})", -1e15, 5, {"5", "-123456"}, {"6"}},
        {R"({"type":"number","minimum":0,"maximum":1})",
         0,
         1,
         {"0.00", "0.57", "1.00"},
         {"1.01", "-0.01", "0.5", "1"}},
        {R"({"type":"number","minimum":-1.5,"maximum":0.125})",
         -1.5,
         0.125,
         {"-1.500", "0.125", "0.000"},
         {"0.126", "-1.501", "-0.000"}},
        {R"({"type":"number","exclusiveMinimum":0,"maximum":12.5})",
         0.01,
         12.5,
         {"0.01", "9.99", "12.50"},
         {"0.00", "12.51"}},
        {R"({"minimum":3})", 3, 1e12, {"3.00", "17.25"}, {"2.99"}},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.schema);
        const auto grammar = json_grammar(json::parse(each.schema));
        check(grammar, each.written, each.not_written);
        if (!grammar.ok()) continue;
        Grammar read(*grammar);
        // Every whole number near the bounds, written as one.
        if (std::string_view(each.schema).find("integer") == std::string_view::npos) continue;
        for (int number = -40; number <= 1300; ++number)
            EXPECT_EQ(read.takes(std::to_string(number)), number >= each.low && number <= each.high)
                << number;
    }
}

TEST(JsonGrammar, TextsOfAFormatAreOfIt) {
    const Case cases[] = {
        {R"({"type":"string","format":"date"})",
         {R"("2024-02-28")", R"("1999-12-31")", R"("2023-04-30")"},
         {R"("2024-02-30")", R"("2023-04-31")", R"("2023-13-01")", R"("2023-1-1")",
          R"("2023-00-10")"}},
        {R"({"type":"string","format":"date-time"})",
         {R"("2024-02-28T23:59:59Z")", R"("2024-02-28T00:00:00+01:00")"},
         {R"("2024-02-28T24:00:00Z")", R"("2024-02-28 00:00:00Z")", R"("2024-02-28T00:00:00")"}},
        {R"({"type":"string","format":"time"})", {R"("07:30:00-03:30")"}, {R"("7:30:00Z")"}},
        {R"({"type":"string","format":"uuid"})",
         {R"("123e4567-e89b-4d3a-a456-426614174000")"},
         {R"("123e4567-e89b-4d3a-c456-426614174000")", R"("123")"}},
        {R"({"type":"string","format":"ipv4"})",
         {R"("127.0.0.1")", R"("255.249.10.0")"},
         {R"("256.0.0.1")", R"("1.2.3")"}},
        {R"({"type":"string","format":"email","minLength":1})",
         {R"("jo.bloggs@example.org")"},
         {R"("jo@")", R"("@x.org")"}},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.schema);
        check(json_grammar(json::parse(each.schema)), each.written, each.not_written);
    }
}

TEST(JsonGrammar, ObjectsOfAnyContent) {
    Grammar read(json_object_grammar());
    for (const char* text : {"{}", R"({"a": {"b": [1, 2.5, "c", null, true]}})"})
        EXPECT_TRUE(read.takes(text)) << text;
    for (const char* text : {"[]", "1", "", "{", R"({"a" : 1})"})
        EXPECT_FALSE(read.takes(text)) << text;
}

TEST(JsonGrammar, WhatCannotBeKeptIsRefusedByPlaceAndName) {
    const struct {
        const char* schema;
        const char* place;
        const char* says;
    } cases[] = {
        {R"({"type":"string","pattern":"^a"})", "#", "'pattern'"},
        {R"({"properties":{"x":{"type":"array","uniqueItems":true}}})", "#/properties/x",
         "'uniqueItems'"},
        {R"({"properties":{"a/b":{"not":{}}}})", "#/properties/a~1b", "'not'"},
        {R"({"type":"object","patternProperties":{}})", "#", "'patternProperties'"},
        {R"({"type":"number","multipleOf":0.1})", "#", "'multipleOf'"},
        {R"({"type":"string","format":"regex"})", "#", "\"regex\""},
        {R"({"type":"strnig"})", "#", "'type'"},
        {R"({"type":[]})", "#", "'type'"},
        {R"({"type":"integer","minimun":1})", "#", "'minimun'"},
        {R"({"items":[{"type":"null"}]})", "#", "items as a list"},
        {R"({"anyOf":[{"type":"null"}],"type":"null"})", "#", "'type' beside 'anyOf'"},
        {R"({"anyOf":[]})", "#/anyOf", "a list of schemas"},
        {R"({"allOf":[{},{}]})", "#/allOf", "several"},
        {R"({"oneOf":[{"type":"integer"},{"type":"number"}]})", "#/oneOf", "two of"},
        {R"({"oneOf":[{"type":"object"},{"type":"object"}]})", "#/oneOf", "two of"},
        {R"({"$ref":"#/$defs/None"})", "#", "'#/$defs/None'"},
        {R"({"$ref":"https://example.org/x"})", "#", "example.org"},
        {R"({"$ref":"#"})", "#", "refers to itself"},
        {R"({"anyOf":[{"$ref":"#"},{"type":"null"}]})", "#/anyOf/0", "refers to itself"},
        {R"({"enum":[]})", "#", "no value"},
        {R"({"type":"string","enum":[1]})", "#", "no value"},
        {R"({"type":"string","minLength":3,"maxLength":2})", "#", "'maxLength' is below"},
        {R"({"type":"string","minLength":1001})", "#", "above 1000"},
        {R"({"type":"array","items":false,"minItems":1})", "#", "'minItems'"},
        {R"({"type":"integer","minimum":3,"maximum":2})", "#", "no number"},
        {R"({"required":["a"],"additionalProperties":false})", "#", "requires 'a'"},
        {R"({"properties":{"a":false}})", "#/properties/a", "no value"},
        {R"([])", "#", "must be an object"},
        {R"("x")", "#", "must be an object"},
    };
    for (const auto& each : cases) {
        const auto grammar = json_grammar(json::parse(each.schema));
        ASSERT_FALSE(grammar.ok()) << each.schema << *grammar;
        const std::string message = grammar.status().message();
        EXPECT_EQ(grammar.status().code(), Code::invalid_argument);
        EXPECT_NE(message.find("at " + std::string(each.place) + " "), std::string::npos)
            << message;
        EXPECT_NE(message.find(each.says), std::string::npos) << message;
    }
    json::array many;
    for (int i = 0; i < 20000; ++i) many.emplace_back("value number " + std::to_string(i));
    const auto grammar = json_grammar(json::object{{"enum", many}});
    EXPECT_NE(grammar.status().message().find("too large"), std::string::npos);
}

// Nor may what is compared with each other be without end.
TEST(JsonGrammar, ManyOfOneAreRefused) {
    const auto one_of = [](int count) {
        json::array all;
        for (int i = 0; i < count; ++i) all.push_back(json::object{{"const", i}});
        return json_grammar(json::object{{"oneOf", all}});
    };
    EXPECT_TRUE(one_of(100).ok());
    EXPECT_NE(one_of(101).status().message().find("use anyOf"), std::string::npos);
    const auto large =
        json_grammar(json::object{{"description", std::string(300'000, 'x')}, {"type", "null"}});
    EXPECT_NE(large.status().message().find("too large"), std::string::npos);
}

// Each refers to the next: flat as JSON, and as deep as one likes.
TEST(JsonGrammar, AChainOfReferencesHasAnEnd) {
    const auto chain = [](int links) {
        json::object named;
        for (int i = 0; i < links; ++i)
            named["d" + std::to_string(i)] =
                json::object{{"$ref", "#/$defs/d" + std::to_string(i + 1)}};
        named["d" + std::to_string(links)] = json::object{{"type", "null"}};
        return json_grammar(json::object{{"$defs", named}, {"$ref", "#/$defs/d0"}});
    };
    const auto some = chain(50);
    EXPECT_TRUE(some.ok()) << some.status().message();
    const auto endless = chain(5'000);
    ASSERT_FALSE(endless.ok());
    EXPECT_EQ(endless.status().code(), Code::invalid_argument);
    EXPECT_NE(endless.status().message().find("one in the other"), std::string::npos)
        << endless.status().message();
}

}  // namespace
}  // namespace lectern::server
