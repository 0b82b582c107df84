#include "apps/eval/measures/files.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace lectern::evaluation {
namespace {

template <typename Parse>
auto parsed(Parse parse, const std::string& text) {
    std::istringstream in(text);
    return parse(in, "FILE");
}

TEST(Files, QueriesOfBeirAndOfSquad) {
    const auto queries = parsed(parse_queries,
                                "\xEF\xBB\xBF{\"_id\": \"q1\", \"text\": \"What is it?\"}\r\n\n"
                                R"({"id": 7, "text": "Who?", "answers": ["he", "him"], )"
                                R"("answer_starts": [4, 9], "doc": "d"})"
                                "\n"
                                R"({"_id": "q3", "text": "Where?", "answers": []})");
    ASSERT_TRUE(queries.ok()) << queries.status().message();
    ASSERT_EQ(queries->size(), 3U);
    EXPECT_EQ((*queries)[0].id, "q1");
    EXPECT_FALSE((*queries)[0].answers.has_value());
    EXPECT_EQ((*queries)[1].id, "7");
    EXPECT_EQ((*queries)[1].answers->size(), 2U);
    EXPECT_EQ((*queries)[1].answer_starts, (std::vector<std::uint64_t>{4, 9}));
    EXPECT_EQ((*queries)[1].document, "d");
    EXPECT_TRUE((*queries)[2].answers->empty());
}

TEST(Files, JudgementsOfBeirAndOfTrec) {
    const auto beir =
        parsed(parse_judgements, "query-id\tcorpus-id\tscore\nq 1\td 1\t2\nq 1\td 2\t0\n");
    ASSERT_TRUE(beir.ok()) << beir.status().message();
    EXPECT_EQ(beir->at("q 1").at("d 1"), 2);
    EXPECT_EQ(beir->at("q 1").at("d 2"), 0);
    const auto trec = parsed(parse_judgements, "1 0 d1 1\n1\t0\td2\t-1\n2 0 d1 3\n");
    ASSERT_TRUE(trec.ok()) << trec.status().message();
    EXPECT_EQ(trec->size(), 2U);
    EXPECT_EQ(trec->at("1").at("d2"), -1);
}

TEST(Files, ARunComesBackAsItWasWritten) {
    const evaluation::Run run{{"1", {{"a", 0.1F}, {"b", 1.0F / 3}, {"c", 1.0F / 3}}},
                              {"2", {{"a", -1e-20F}}}};
    std::ostringstream out;
    write_run(out, run, "test");
    EXPECT_EQ(out.str(),
              "1 Q0 c 1 0.33333334 test\n1 Q0 b 2 0.33333334 test\n1 Q0 a 3 0.1 test\n"
              "2 Q0 a 1 -1e-20 test\n");
    const auto back = parsed(parse_run, out.str());
    ASSERT_TRUE(back.ok()) << back.status().message();
    EXPECT_EQ(back->at("1").front(), (ScoredDocument{"c", 1.0F / 3}));
    EXPECT_EQ(back->at("2"), run.at("2"));
    EXPECT_FALSE(write_run("unused", evaluation::Run{{"1", {{"a b", 1}}}}, "test").ok());
}

struct Wrong {
    const char* text;
    const char* message;  // begins with
};

template <typename Parse>
void expect_refused(Parse parse, const std::vector<Wrong>& cases) {
    for (const Wrong& wrong : cases) {
        const auto result = parsed(parse, wrong.text);
        ASSERT_FALSE(result.ok()) << wrong.text;
        EXPECT_TRUE(result.status().message().starts_with(wrong.message))
            << "expected: " << wrong.message << "\nfound:    " << result.status().message();
    }
}

TEST(Files, WrongQueriesAreNamedByLine) {
    expect_refused(
        parse_queries,
        {{"", "FILE: there are no queries"},
         {"\n{\"_id\": \"a\", \"text\"", "FILE:2: this is not JSON"},
         {"[]", "FILE:1: a JSON object"},
         {R"({"text": "x"})", "FILE:1: the query has no \"_id\""},
         {R"({"_id": "", "text": "x"})", "FILE:1: \"_id\" must be"},
         {R"({"_id": "a"})", "FILE:1: query 'a' has no \"text\""},
         {R"({"_id": "a", "text": 1})", "FILE:1: query 'a' has no \"text\""},
         {R"({"_id": "a", "text": "x", "answers": "y"})", "FILE:1: \"answers\" must be"},
         {R"({"_id": "a", "text": "x", "answers": [1]})", "FILE:1: \"answers\" must hold"},
         {R"({"_id": "a", "text": "x", "answers": ["y"], "answer_starts": [-1]})",
          "FILE:1: \"answer_starts\" must hold"},
         {R"({"_id": "a", "text": "x", "answers": ["y"], "answer_starts": []})",
          "FILE:1: \"answer_starts\" has 0 entries, but \"answers\" has 1"},
         {"{\"_id\": \"a\", \"text\": \"x\"}\n{\"_id\": \"a\", \"text\": \"y\"}",
          "FILE:2: there is a query 'a' already"}});
}

TEST(Files, WrongJudgementsAreNamedByLine) {
    expect_refused(parse_judgements,
                   {{"", "FILE: there are no judgements"},
                    {"query-id\tcorpus-id\tscore\n", "FILE: there are no judgements"},
                    {"q1\td1\t1\nq1\td1", "FILE:2: 3 columns"},
                    {"q1 0 d1 1 x", "FILE:1: 3 columns"},
                    {"q1\td1\t1\nquery\td\tscore", "FILE:2: the relevance 'score'"},
                    {"q1\td1\t0.5", "FILE:1: the relevance '0.5'"},
                    {"q1\td1\t99999999999", "FILE:1: the relevance '99999999999'"},
                    {"\td1\t1", "FILE:1: the id"},
                    {"q1\td1\t1\nq1\td1\t2", "FILE:2: document 'd1' was judged"}});
}

TEST(Files, WrongRunsAreNamedByLine) {
    expect_refused(parse_run,
                   {{"\n \n", "FILE: there are no results"},
                    {"1 Q0 d 1 0.5", "FILE:1: 6 columns"},
                    {"1 Q0 d 1 x tag", "FILE:1: the score 'x'"},
                    {"1 Q0 d 1 nan tag", "FILE:1: the score 'nan'"},
                    {"1 Q0 d 1 2 tag\n1 Q0 d 2 1 tag", "FILE:2: document 'd' is there"}});
}

TEST(Files, AMissingFileIsNamed) {
    EXPECT_EQ(read_run("no/such/file").status().code(), Code::not_found);
    EXPECT_EQ(read_queries("/").status().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace lectern::evaluation
