// Requests from bytes: targets, framing, compressed bodies; and what is refused.
#include <gtest/gtest.h>

#include "apps/server/http/base64.hpp"
#include "apps/server/http/gzip.hpp"
#include "apps/server/http/parser.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/target.hpp"

namespace lectern::server {
namespace {

using Strings = std::vector<std::string>;

TEST(Base64Test, GoesThereAndBack) {
    // RFC 4648, section 10.
    const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : cases) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(base64_decoded(text), bytes);
    }
    const std::string all("\0\xFF\x10", 3);
    EXPECT_EQ(base64_decoded(base64(all)), all);
    for (const char* wrong : {"Zg=", "Zg", "Zm9vY", "====", "Z===", "Zg==Zg==", "Zm=v", " Zm9v   ",
                              "Zg==    ", "Zm9_", "Zm9v\n\n\n\n"})
        EXPECT_EQ(base64_decoded(wrong), std::nullopt) << wrong;
}

TEST(TargetTest, IsDecodedSegmentBySegment) {
    const struct {
        const char* target;
        Strings segments;
    } cases[] = {{"/", {}},
                 {"/collections", {"collections"}},
                 {"/collections/a%20b/documents/x%2Fy", {"collections", "a b", "documents", "x/y"}},
                 {"/a//b", {"a", "", "b"}},
                 {"/a/", {"a", ""}},
                 {"/a/b//", {"a", "b", "", ""}},
                 {"//a", {"", "a"}},
                 {"/a%2F..%2Fb", {"a/../b"}},
                 {"/a%252Fb", {"a%2Fb"}},
                 {"/a+b", {"a+b"}},
                 {"/%C3%A9", {"é"}},
                 {"http://host/a?b=c", {"a"}}};
    for (const auto& each : cases) {
        Request request;
        request.target = each.target;
        EXPECT_TRUE(read_target(request).ok()) << each.target;
        EXPECT_EQ(request.segments, each.segments) << each.target;
    }
}

TEST(TargetTest, QueryHasPlusAsSpaceAndKeepsItsOrder) {
    Request request;
    request.target = "/search?query=why+is%2Bit&k=5&flag";
    ASSERT_TRUE(read_target(request).ok());
    EXPECT_EQ(request.parameter("query"), "why is+it");
    EXPECT_EQ(request.parameter("k"), "5");
    EXPECT_EQ(request.parameter("flag"), "");
    EXPECT_EQ(request.parameter("none"), std::nullopt);
}

TEST(TargetTest, WhatMeansHarmIsRefused) {
    for (const char* target : {"/../etc/passwd", "/a/%2e%2e/b", "/a/./b", "/a%00b", "/%zz", "/%4",
                               "/%ff%fe", "/a?b=%c3%28", "*", "", "relative", "/a/..", "/a/.",
                               "/a#b", "/a?b#c", "http://host?x=/y"}) {
        Request request;
        request.target = target;
        EXPECT_EQ(read_target(request).code(), Code::invalid_argument) << target;
    }
}

std::string body_of(RequestParser& parser, std::string& pending) {
    std::string body;
    EXPECT_EQ(parser.feed_body(pending, body).status, 0U);
    return body;
}

TEST(ParserTest, ARequestMayComeByteByByte) {
    const std::string bytes =
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n";
    RequestParser parser;
    std::string pending;
    std::string body;
    for (const char c : bytes) {
        pending.push_back(c);
        if (!parser.header_done())
            ASSERT_EQ(parser.feed_header(pending).status, 0U);
        else
            body += body_of(parser, pending);
    }
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(body, "wikipedia");
    EXPECT_EQ(parser.request().header("host"), "a");
}

// Boost.Beast ends a developer's program when it is asked too early.
TEST(ParserTest, ABodyOfTheLastChunkAloneMayComeByteByByte) {
    RequestParser parser;
    std::string pending = "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    ASSERT_EQ(parser.feed_header(pending).status, 0U);
    for (const char c : std::string("0\r\nA: b\r\n\r\n")) {
        pending.push_back(c);
        EXPECT_EQ(body_of(parser, pending), "");
    }
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(pending, "");
}

TEST(ParserTest, TheNextRequestStaysInPending) {
    std::string pending =
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokGET /y HTTP/1.1\r\n";
    RequestParser parser;
    ASSERT_EQ(parser.feed_header(pending).status, 0U);
    ASSERT_TRUE(parser.header_done());
    EXPECT_EQ(body_of(parser, pending), "ok");
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(pending, "GET /y HTTP/1.1\r\n");
}

TEST(ParserTest, MalformedBytesGetTheirStatus) {
    const std::string long_header(RequestParser::max_header_bytes + 1000, 'a');
    const struct {
        std::string bytes;
        unsigned status;
    } cases[] = {{"GET / HTTP/1.1\r\nA: " + long_header + "\r\n\r\n", 431},
                 {"GET /" + long_header + " HTTP/1.1\r\n\r\n", 431},
                 {"GET / HTTP/2.0\r\n\r\n", 505},
                 {std::string("\0\1\2\3\r\n\r\n", 8), 400},
                 {"GET /\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
                 {"\x16\x03\x01\x02\r\n\r\n", 400}};
    for (const auto& each : cases) {
        RequestParser parser;
        std::string pending = each.bytes;
        EXPECT_EQ(parser.feed_header(pending).status, each.status) << each.bytes.substr(0, 60);
    }
}

TEST(GzipTest, BytesComeBackFromPieces) {
    std::string text;
    for (int i = 0; i < 10000; ++i) text += "line " + std::to_string(i) + "\n";
    const std::string small = gzipped(text);
    EXPECT_LT(small.size(), text.size() / 2);
    Gunzip gunzip(text.size());
    std::string back;
    for (std::size_t i = 0; i < small.size(); i += 7)
        ASSERT_TRUE(gunzip.add(std::string_view(small).substr(i, 7), back).ok());
    EXPECT_TRUE(gunzip.finish().ok());
    EXPECT_EQ(back, text);
}

TEST(GzipTest, BombsAndDamageAreRefused) {
    const std::string bomb = gzipped(std::string(10'000'000, 'a'));
    std::string out;
    Gunzip limited(1'000'000);
    EXPECT_EQ(limited.add(bomb, out).code(), Code::resource_exhausted);
    EXPECT_LE(out.size(), 1'000'000U);

    Gunzip none(1000);
    EXPECT_EQ(none.add("this is not gzip", out).code(), Code::invalid_argument);

    Gunzip half(20'000'000);
    ASSERT_TRUE(half.add(std::string_view(bomb).substr(0, bomb.size() / 2), out).ok());
    EXPECT_EQ(half.finish().code(), Code::invalid_argument);
}

TEST(MessageTest, ListsHaveWordsWithParameters) {
    EXPECT_TRUE(lists("gzip, br", "GZIP"));
    EXPECT_TRUE(lists("text/html;q=0.5, application/json", "text/html"));
    EXPECT_FALSE(lists("gzip;q=0", "gzip"));
    EXPECT_FALSE(lists("gzip;q=0.0", "gzip"));
    EXPECT_TRUE(lists("gzip;q=0.1", "gzip"));
    EXPECT_FALSE(lists("", "gzip"));
    EXPECT_FALSE(lists("xgzip", "gzip"));
}

TEST(MessageTest, WordsHaveWeights) {
    const struct {
        const char* header;
        const char* word;
        std::optional<unsigned> weight;
    } cases[] = {{"a, b", "b", 1000},         {"a, b", "c", {}},
                 {"a;q=0.5", "a", 500},       {"a ; Q=0.25", "A", 250},
                 {"a;x=1;q=0.125", "a", 125}, {"a;q=0", "a", 0},
                 {"a;q=0.000", "a", 0},       {"a;q=1.0", "a", 1000},
                 {"a;q=much", "a", 1000},     {"b;q=0.1, a;q=0.9", "a", 900},
                 {"a;p=0;q=1", "a", 1000},    {"", "a", {}}};
    for (const auto& each : cases)
        EXPECT_EQ(weight_of(each.header, each.word), each.weight) << each.header;
}

TEST(MessageTest, WhatIsPreferredIsWhatWeighsMoreOrStandsFirst) {
    const struct {
        const char* header;
        bool events;
    } cases[] = {{"text/event-stream", true},
                 {"application/json", false},
                 {"", false},
                 {"*/*", false},
                 {"text/event-stream, */*", true},
                 {"application/json, text/event-stream", false},
                 {"text/event-stream, application/json", true},
                 {"application/json;q=0.9, text/event-stream;q=0.1", false},
                 {"text/event-stream;q=0.1, application/json;q=0.9", false},
                 {"application/json;q=0.1, text/event-stream;q=0.9", true},
                 {"application/json;q=0, text/event-stream;q=0", false},
                 {"application/json;q=0, text/event-stream", true}};
    for (const auto& each : cases)
        EXPECT_EQ(prefers(each.header, "text/event-stream", "application/json"), each.events)
            << each.header;
}

TEST(FramingTest, WhatTwoProgramsCouldReadDifferentlyIsRefused) {
    using Headers = std::vector<Header>;
    const struct {
        unsigned version;
        Headers headers;
        unsigned status;  // 0: let in
    } cases[] = {{11, {{"Host", "a"}}, 0},
                 {11, {{"Host", ""}}, 0},
                 {10, {}, 0},
                 {11, {{"Host", "a"}, {"Transfer-Encoding", "Chunked"}}, 0},
                 {11, {}, 400},
                 {11, {{"Host", "a"}, {"host", "a"}}, 400},
                 {11, {{"Host", "localhost"}, {"Host", "evil.example"}}, 400},
                 {11, {{"Host", "localhost, evil.example"}}, 400},
                 {10, {{"Host", "a"}, {"Host", "b"}}, 400},
                 {10, {{"Transfer-Encoding", "chunked"}}, 400},
                 {11, {{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}, 400},
                 {11, {{"Host", "a"}, {"Transfer-Encoding", "gzip"}}, 400},
                 {11, {{"Host", "a"}, {"Transfer-Encoding", "identity"}}, 400},
                 {11,
                  {{"Host", "a"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "gzip"}},
                  400}};
    for (const auto& each : cases) {
        Request request;
        request.version = each.version;
        request.headers = each.headers;
        const auto refused = refuse_framing(request);
        EXPECT_EQ(refused ? refused->status : 0U, each.status)
            << (each.headers.empty() ? "" : each.headers.back().value);
    }
}

TEST(FramingTest, ATargetThatNamesAnotherHostIsRefused) {
    const struct {
        const char* target;
        unsigned status;  // 0: let in
    } cases[] = {{"/collections", 0},
                 {"http://localhost:80/collections", 0},
                 {"https://LOCALHOST:80?a", 0},
                 {"/http://evil.example/", 0},
                 {"http://evil.example/collections", 400},
                 {"https://evil.example", 400},
                 {"http://localhost/collections", 400},
                 {"http://me@localhost:80/", 400},
                 {"http:///collections", 400}};
    for (const auto& each : cases) {
        Request request;
        request.target = each.target;
        request.headers = {{"Host", "localhost:80"}};
        const auto refused = refuse_framing(request);
        EXPECT_EQ(refused ? refused->status : 0U, each.status) << each.target;
    }
}

TEST(ProblemTest, EveryCodeOfTheEngineHasAStatus) {
    EXPECT_EQ(problem(Status{Code::not_found, "no 'x'"}).status, 404U);
    EXPECT_EQ(problem(Status{Code::deadline_exceeded, "late"}).status, 504U);
    const Response made = problem(Status{Code::invalid_argument, "bad \xff byte"});
    EXPECT_EQ(made.content_type, "application/problem+json");
    EXPECT_NE(made.body.find("\"bad ? byte\""), std::string::npos) << made.body;
    EXPECT_NE(made.body.find("invalid_argument"), std::string::npos);
}

TEST(ProblemTest, AProblemWithinAnotherTextIsTheSameOne) {
    const Status bad{Code::not_found, "no \"x\" and no \xff byte"};
    for (const Response& made :
         {problem(bad), problem(bad, "name"), problem(404, "not_found", bad.message())}) {
        EXPECT_EQ(made.body, boost::json::serialize(problem_document(made)));
        EXPECT_EQ(made.body, boost::json::serialize(problem_document(bad)));
        ASSERT_TRUE(made.failure);
        EXPECT_EQ(made.failure->code, "not_found");
        EXPECT_EQ(made.failure->detail, "no \"x\" and no ? byte");
    }
    EXPECT_EQ(problem(bad, "name").failure->field, "name");
    EXPECT_FALSE(Response{}.failure);
}

}  // namespace
}  // namespace lectern::server
