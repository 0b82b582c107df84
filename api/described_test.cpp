#include "api/described.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "api/request_fields.hpp"

namespace lectern::api {
namespace {

SearchRequest search_of(const char* body, Status* status = nullptr, Where where = in_http,
                        const SearchLimits& limits = {}) {
    Fields fields(body);
    SearchRequest out = read_search(fields, limits, where);
    if (status != nullptr) *status = fields.done();
    return out;
}

TEST(DescribedTest, WhatARequestSaysIsSetAndTheRestStaysAsTheStructHasIt) {
    Status status;
    const SearchRequest got =
        search_of(R"({"query": "q", "k": 5.0, "mode": "lexical", "weight": 0.25, "facets": ["a"],)"
                  R"( "vector": [1, 2.5], "summarize": "each", "deadline_milliseconds": 50,)"
                  R"( "candidates": null, "sort": ""})",
                  &status);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(got.query, "q");
    EXPECT_EQ(got.options.k, 5U);
    EXPECT_EQ(got.options.mode, SearchMode::lexical);
    EXPECT_EQ(got.options.weight, 0.25);
    EXPECT_EQ(got.options.facets, std::vector<std::string>{"a"});
    EXPECT_EQ(got.options.vector, (std::vector<float>{1, 2.5}));
    EXPECT_EQ(got.options.summaries, Summaries::each);
    EXPECT_EQ(got.options.deadline, std::chrono::milliseconds(50));
    EXPECT_EQ(got.options.fusion, std::nullopt);
    EXPECT_EQ(got.options.candidates, std::nullopt);
    EXPECT_FALSE(got.options.chunks);
}

TEST(DescribedTest, WhatDoesNotFitIsNamedWithWhatItMustBe) {
    const struct {
        const char* body;
        const char* says;
    } cases[] = {
        {R"({"k": 0})", "the field 'k' must be a whole number from 1 to 10000"},
        {R"({"k": "5"})", "the field 'k' must be a whole number from 1 to 10000"},
        {R"({"weight": 2})", "the field 'weight' must be a number from 0 to 1"},
        {R"({"mode": "fuzzy"})", "the field 'mode' must be one of: hybrid, dense, lexical"},
        {R"({"query": 7})", "the field 'query' must be a string"},
        {R"({"facets": "year"})", "the field 'facets' must be a list of strings"},
        {R"({"vector": []})", "the field 'vector' must be a list of numbers"},
        {R"({"vector": [1e39]})", "the field 'vector' must be a list of numbers"},
        {R"({"chunks": 1})", "the field 'chunks' must be true or false"},
        {R"({"summarize": "each", "k": 21})", "the field 'k' must be at most 20"},
        {R"({"qeury": "a"})", "the field 'qeury' is unknown here"}};
    for (const auto& each : cases) {
        Status status;
        (void)search_of(each.body, &status);
        EXPECT_EQ(status.code(), Code::invalid_argument) << each.body;
        EXPECT_EQ(status.message().find(each.says), 0U) << status.message();
    }
}

TEST(DescribedTest, AnEmptyTextIsAsLeftOutUnlessTheFieldNeedsOne) {
    Status status;
    EXPECT_EQ(search_of(R"({"query": "", "sort": "", "filter": ""})", &status).query, "");
    EXPECT_TRUE(status.ok()) << status.message();
    Fields fields(R"({"question": ""})");
    (void)read_ask(fields, {}, in_http);
    EXPECT_EQ(fields.done().message(), "the field 'question' must be a string that is not empty");
}

TEST(DescribedTest, AFieldStandsOnlyWhereItMay) {
    Status status;
    (void)search_of(R"({"query": "a", "summarize": "list"})", &status, in_mcp);
    EXPECT_EQ(status.message(), "the field 'summarize' is unknown here");
    (void)search_of(R"({"query": "a", "k": 3})", &status, in_mcp);
    EXPECT_TRUE(status.ok()) << status.message();
}

TEST(DescribedTest, LimitsOfTheServerAreTheMostAndTheDefault) {
    using std::chrono::milliseconds;
    const SearchLimits limits{5, milliseconds(100), milliseconds(900)};
    Status status;
    EXPECT_EQ(search_of("{}", &status, in_http, limits).options.k, 5U);
    EXPECT_EQ(search_of("{}", &status, in_http, limits).options.deadline, milliseconds(100));
    EXPECT_EQ(search_of(R"({"summarize": "list"})", &status, in_http, limits).options.deadline,
              milliseconds(900));
    EXPECT_TRUE(status.ok()) << status.message();
    (void)search_of(R"({"k": 6})", &status, in_http, limits);
    EXPECT_EQ(status.message(), "the field 'k' must be a whole number from 1 to 5");
    (void)search_of(R"({"deadline_milliseconds": 101})", &status, in_http, limits);
    EXPECT_NE(status.message().find("from 1 to 100"), std::string::npos) << status.message();
    (void)search_of(R"({"deadline_milliseconds": 101, "summarize": null})", &status, in_http,
                    limits);
    EXPECT_NE(status.message().find("from 1 to 100"), std::string::npos) << status.message();
    (void)search_of(R"({"deadline_milliseconds": 101, "summarize": "list"})", &status, in_http,
                    limits);
    EXPECT_TRUE(status.ok()) << status.message();
}

TEST(DescribedTest, ObjectsWithinAFieldAreCheckedToo) {
    const auto asked = [](const char* body, Status& status) {
        Fields fields(body);
        AskRequest out = read_ask(fields, {}, in_http);
        status = fields.done();
        return out;
    };
    Status status;
    const AskRequest good = asked(
        R"({"question": "q", "history": [{"question": "a"}, {"question": "b", "answer": "c"}]})",
        status);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_EQ(good.options.history.size(), 2U);
    EXPECT_EQ(good.options.history[0].answer, "");
    EXPECT_EQ(good.options.history[1].answer, "c");
    for (const char* history :
         {R"([{"answer": "a"}])", R"([{"question": ""}])", R"([{"question": "a", "who": "b"}])",
          R"(["a"])", R"({"question": "a"})"}) {
        (void)asked((R"({"question": "q", "history": )" + std::string(history) + "}").c_str(),
                    status);
        EXPECT_EQ(status.message().find("the field 'history'"), 0U) << status.message();
    }
    (void)asked("{}", status);
    EXPECT_EQ(status.message().find("the field 'question' is missing"), 0U) << status.message();
}

TEST(DescribedTest, AStructThatAProgramHasFilledInIsCheckedByTheSame) {
    EXPECT_TRUE(fits(search_options(), SearchOptions{}).ok());
    const struct {
        SearchOptions options;
        const char* says;
    } cases[] = {{{.k = 0}, "k is 0; it must be a whole number from 1 to 10000"},
                 {{.weight = 7}, "weight is 7; it must be a number from 0 to 1"},
                 {{.weight = std::numeric_limits<double>::quiet_NaN()},
                  "weight is not a number; it must be a number from 0 to 1"},
                 {{.candidates = 10'001}, "candidates is 10001; it must be a whole number"}};
    for (const auto& each : cases) {
        const Status status = fits(search_options(), each.options);
        EXPECT_EQ(status.code(), Code::invalid_argument);
        EXPECT_EQ(status.message().find(each.says), 0U) << status.message();
    }
}

// What is said of fields holds together: each once, with a text, a range that its default is in.
TEST(DescribedTest, EveryTableIsWhole) {
    for (const char* names :
         {"search delivery", "ask delivery", "summarize delivery", "ranking", "file"}) {
        std::set<std::string> seen;
        for (const Schema& field : fields_named(names, ~0U).properties) {
            EXPECT_TRUE(seen.insert(field.key).second) << field.key;
            EXPECT_TRUE(field.text.ends_with('.')) << field.key << ": " << field.text;
            EXPECT_EQ(field.text.find(".."), std::string::npos) << field.text;
            ASSERT_FALSE(field.types.empty()) << field.key;
            if (!field.initial) continue;
            Complaints complaints;
            (void)check(field, *field.initial, "", complaints);
            EXPECT_TRUE(complaints.empty()) << field.key;
        }
    }
    EXPECT_THROW((void)fields_named("search nothing", in_http), std::out_of_range);
}

}  // namespace
}  // namespace lectern::api
