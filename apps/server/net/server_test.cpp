// The parts of the server that need no socket: routes, rights, keys, workers, fields.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <limits>
#include <set>

#include "api/fields.hpp"
#include "api/json_text.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/api/openapi.hpp"
#include "apps/server/api/router.hpp"
#include "apps/server/api/scope.hpp"
#include "apps/server/http/media_type.hpp"
#include "apps/server/http/response_head.hpp"
#include "apps/server/net/access.hpp"
#include "apps/server/net/executor.hpp"
#include "apps/server/net/state.hpp"
#include "apps/server/work/log.hpp"
#include "apps/server/work/metrics.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

Router some_routes() {
    Router router;
    const auto nothing = [](Call&) { return Response{}; };
    router.add({"GET", "/collections", Right::read, Lane::read, nothing});
    router.add(
        {"GET", "/collections/{name}/documents/{document+}", Right::read, Lane::read, nothing});
    router.add(
        {"PUT", "/collections/{name}/documents/{document+}", Right::write, Lane::ingest, nothing});
    return router;
}

TEST(RouterTest, PatternsBindTheirNames) {
    const Router router = some_routes();
    const auto match = router.find("PUT", {"collections", "notes", "documents", "a", "b.md"});
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.values.at("name"), "notes");
    EXPECT_EQ(match.values.at("document"), "a/b.md");
    EXPECT_NE(router.find("HEAD", {"collections"}).route, nullptr);
    EXPECT_EQ(router.find("DELETE", {"collections"}).route, nullptr);
    EXPECT_EQ(router.find("DELETE", {"collections"}).allowed, "GET, HEAD, OPTIONS");
    EXPECT_EQ(router.find("DELETE", {"collections", "x", "documents", "y"}).allowed,
              "GET, HEAD, PUT, OPTIONS");
    EXPECT_TRUE(router.find("GET", {"elsewhere"}).allowed.empty());
    EXPECT_TRUE(router.find("GET", {"collections", "", "documents", "y"}).allowed.empty());
}

TEST(RouterTest, AnIdIsTheRestOfThePathAsItIs) {
    const Router router = some_routes();
    const std::vector<std::string> documents{"collections", "notes", "documents"};
    const struct {
        std::vector<std::string> rest;
        const char* id;  // nullptr: no such path
    } cases[] = {{{"docs"}, "docs"},      {{"docs", ""}, "docs/"}, {{"docs", "", ""}, "docs//"},
                 {{"", "docs"}, "/docs"}, {{"", ""}, "/"},         {{"a", "", "b"}, "a//b"},
                 {{"a/../b"}, "a/../b"},  {{""}, nullptr},         {{}, nullptr}};
    for (const auto& each : cases) {
        std::vector<std::string> segments = documents;
        segments.insert(segments.end(), each.rest.begin(), each.rest.end());
        const auto match = router.find("PUT", segments);
        EXPECT_EQ(match.route != nullptr, each.id != nullptr) << segments.size();
        if (match.route != nullptr && each.id != nullptr) {
            EXPECT_EQ(match.values.at("document"), each.id);
        }
    }
}

TEST(RouterTest, EmptySegmentsCountWhereIdsAreAndNowhereElse) {
    Router router = some_routes();
    const auto nothing = [](Call&) { return Response{}; };
    router.add({"DELETE", "/collections/{name}", Right::admin, Lane::ingest, nothing});
    router.add({"GET", "/v1/models", Right::read, Lane::read, nothing});
    const struct {
        const char* method;
        std::vector<std::string> segments;
        bool found;
    } cases[] = {{"DELETE", {"collections", "notes"}, true},
                 {"DELETE", {"collections", "notes", ""}, false},
                 {"DELETE", {"collections", "", "notes"}, false},
                 {"DELETE", {"collections", "notes", "documents", ""}, false},
                 {"DELETE", {"collections", "notes", "documents"}, false},
                 {"GET", {"collections", ""}, false},
                 {"GET", {"v1", "", "models"}, true},
                 {"GET", {"v1", "models", ""}, true},
                 {"GET", {"", "v1", "models"}, true},
                 {"GET", {"v1", "", "modules"}, false}};
    for (const auto& each : cases)
        EXPECT_EQ(router.find(each.method, each.segments).route != nullptr, each.found)
            << each.method << each.segments.size() << each.segments.back();
}

class KeysTest : public testing::Test {
 protected:
    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(KeysTest, AKeyIsKnownByItsHashAlone) {
    const fs::path file = folder / "keys.json";
    Key wanted;
    wanted.name = "web";
    wanted.right = Right::write;
    wanted.collections = {"notes"};
    const auto text = add_key(file, wanted);
    ASSERT_TRUE(text.ok()) << text.status().message();
    EXPECT_FALSE(add_key(file, wanted).ok()) << "a name is there once";
    EXPECT_EQ(fs::status(file).permissions() & fs::perms::others_all, fs::perms::none);

    std::ifstream in(file);
    const std::string stored{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(stored.find(*text), std::string::npos);

    Keys keys;
    EXPECT_FALSE(keys.required());
    ASSERT_TRUE(keys.load(file).ok());
    EXPECT_TRUE(keys.required());
    const auto found = keys.find(*text);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, "web");
    EXPECT_TRUE(found->reaches("notes"));
    EXPECT_FALSE(found->reaches("other"));
    EXPECT_EQ(keys.find(*text + "x"), nullptr);
    EXPECT_EQ(keys.find(""), nullptr);

    // Rotation: the old key goes, the new one comes; a broken file changes nothing.
    fs::remove(file);
    wanted.name = "next";
    const auto next = add_key(file, wanted);
    ASSERT_TRUE(keys.reload().ok());
    EXPECT_EQ(keys.find(*text), nullptr);
    EXPECT_NE(keys.find(*next), nullptr);
    std::ofstream(file) << "{";
    EXPECT_FALSE(keys.reload().ok());
    EXPECT_NE(keys.find(*next), nullptr);
}

TEST_F(KeysTest, AnotherKeyStandsBesideTheOldOneUntilThatIsTakenOut) {
    const fs::path file = folder / "keys.json";
    Key key;
    key.name = "old";
    const std::string old = *add_key(file, key);
    EXPECT_FALSE(remove_key(file, "old").ok()) << "the last one stays";
    EXPECT_EQ(remove_key(file, "none").code(), Code::not_found);
    key.name = "new";
    const std::string next = *add_key(file, key);
    Keys keys;
    ASSERT_TRUE(keys.load(file).ok());
    EXPECT_NE(keys.find(old), nullptr);
    EXPECT_NE(keys.find(next), nullptr);
    ASSERT_TRUE(remove_key(file, "old").ok());
    ASSERT_TRUE(keys.reload().ok());
    EXPECT_EQ(keys.find(old), nullptr);
    EXPECT_NE(keys.find(next), nullptr);
    const auto listed = read_keys(file);
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().name, "new");
    EXPECT_EQ(remove_key(folder / "none.json", "old").code(), Code::not_found);
}

TEST_F(KeysTest, AFilterAndAnEndAreChecked) {
    struct Case {
        const char* filter;
        const char* expires;
        Right right;
        const char* says;  // "": it is in order
    } cases[] = {{"tenant = \"a\"", "2999-01-31", Right::write, ""},
                 {"", "2999-01-31T18:00Z", Right::admin, ""},
                 {"tenant =", "", Right::read, "column"},
                 {"tenant = 1", "", Right::admin, "administer"},
                 {"", "31.1.2999", Right::read, "date"}};
    for (const Case& each : cases) {
        Key key;
        key.name = "k";
        key.filter = each.filter;
        key.expires = each.expires;
        key.right = each.right;
        const fs::path file = folder / "keys.json";
        fs::remove(file);
        const auto made = add_key(file, key);
        EXPECT_EQ(made.ok(), std::string(each.says).empty()) << each.filter << each.expires;
        if (!made.ok()) {
            EXPECT_NE(made.status().message().find(each.says), std::string::npos);
            EXPECT_FALSE(fs::exists(file));
            continue;
        }
        const auto read = read_keys(file);
        ASSERT_TRUE(read.ok()) << read.status().message();
        EXPECT_EQ(read->front().filter, each.filter);
        EXPECT_EQ(read->front().expires, each.expires);
        EXPECT_FALSE(read->front().expired());
    }
    Key key;
    key.name = "gone";
    key.expires = "2020-01-31";
    ASSERT_TRUE(check_key(key).ok());
    EXPECT_TRUE(key.expired());
    EXPECT_EQ(key.expires_at, 1'580'515'200'000) << "the end of its day";
}

TEST_F(KeysTest, NamesThatNoPathHasAreRefusedWhenTheyAreMade) {
    const fs::path file = folder / "keys.json";
    for (const std::string& name : std::initializer_list<std::string>{
             "", ".", "..", "a\nb", std::string(1, '\0'), "\x7F", std::string(257, 'a')}) {
        Key key;
        key.name = name;
        EXPECT_EQ(add_key(file, key).status().code(), Code::invalid_argument) << name;
    }
    EXPECT_FALSE(fs::exists(file));
    for (const char* name : {"...", "a b", "\xC3\xA9", ".a"}) {
        Key key;
        key.name = name;
        EXPECT_TRUE(add_key(file, key).ok()) << name;
    }
}

TEST(ScopeTest, WhatAKeyMayStoreFulfilsItsFilter) {
    Key key;
    key.filter = "tenant = \"a\" and id begins \"a/\"";
    const Scope scope(&key);
    struct Case {
        const char* id;
        const char* metadata;
        bool may;
    } cases[] = {{"a/1", R"({"tenant": "a"})", true},
                 {"a/1", R"({"tenant": ["b", "a"]})", true},  // a condition on a list
                 {"b/1", R"({"tenant": "a"})", false},
                 {"a/1", R"({"tenant": "b"})", false},
                 {"a/1", R"({"tenant": 1})", false},
                 {"a/1", R"({"tenant": null})", false},
                 {"a/1", "", false}};
    for (const Case& each : cases) {
        const DocumentInput document{each.id, "", "text", each.metadata};
        EXPECT_EQ(scope.may_store(document).ok(), each.may) << each.id << each.metadata;
        EXPECT_TRUE(Scope(nullptr).may_store(document).ok());
    }
}

TEST(ScopeTest, AFilterOfARequestIsWithinThatOfTheKey) {
    Key key;
    key.filter = "tenant = 1";
    const Scope scope(&key);
    std::string filter;
    EXPECT_TRUE(scope.narrow(filter).ok());
    EXPECT_EQ(filter, "tenant = 1");
    filter = "a = 1 or b = 2";
    EXPECT_TRUE(scope.narrow(filter).ok());
    EXPECT_EQ(filter, "(tenant = 1) and (a = 1 or b = 2)");
    for (const char* wrong : {"a = 1) or (b = 2", "(", "a = \"", "a ="}) {
        filter = wrong;
        EXPECT_FALSE(scope.narrow(filter).ok()) << wrong;
    }
    filter = "a = 1) or (b = 2";
    EXPECT_TRUE(Scope(nullptr).narrow(filter).ok()) << "the search says what is wrong";
    EXPECT_EQ(filter, "a = 1) or (b = 2");
}

TEST_F(KeysTest, ABrokenFileIsLookedAtOnce) {
    const fs::path file = folder / "keys.json";
    Key key;
    key.name = "web";
    ASSERT_TRUE(add_key(file, key).ok());
    Keys keys;
    ASSERT_TRUE(keys.load(file).ok());
    EXPECT_FALSE(keys.changed());
    std::ofstream(file) << "{";
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
    EXPECT_TRUE(keys.changed());
    EXPECT_FALSE(keys.reload().ok());
    EXPECT_FALSE(keys.changed()) << "or the log would say so every time";
}

TEST_F(KeysTest, WhoMayReadTheFileStaysSo) {
    const fs::path file = folder / "keys.json";
    Key key;
    const auto mode_after = [&](const char* name) {
        key.name = name;
        EXPECT_TRUE(add_key(file, key).ok());
        return fs::status(file).permissions();
    };
    using fs::perms;
    EXPECT_EQ(mode_after("a"), perms::owner_read | perms::owner_write);
    fs::permissions(file, perms::owner_read | perms::owner_write | perms::group_read);
    EXPECT_EQ(mode_after("b"), perms::owner_read | perms::owner_write | perms::group_read);
    // What postinst makes of /etc/lectern.
    fs::remove(file);
    fs::permissions(folder, perms::set_gid, fs::perm_options::add);
    EXPECT_EQ(mode_after("c"), perms::owner_read | perms::owner_write | perms::group_read);
}

TEST_F(KeysTest, WrongFilesSayWhere) {
    const std::string hash(64, 'a');
    const struct {
        std::string text;
        const char* says;
    } cases[] = {
        {"[]", "must be {\"keys\""},
        {R"({"keys":[{"sha256":")" + hash + R"("}]})", "keys[0]: has no name"},
        {R"({"keys":[{"name":"a","sha256":"12"}]})", "keys[0]: sha256"},
        {R"({"keys":[{"name":"a","sha256":")" + hash + R"(","rights":["all"]}]})", "rights"},
        {R"({"keys":[{"name":"a","sha256":")" + hash + R"(","righs":[]}]})", "'righs'"}};
    for (const auto& each : cases) {
        const auto keys = parse_keys(each.text);
        ASSERT_FALSE(keys.ok()) << each.text;
        EXPECT_NE(keys.status().message().find(each.says), std::string::npos)
            << keys.status().message();
    }
}

TEST_F(KeysTest, RightsAndScopesAreAsked) {
    const fs::path file = folder / "keys.json";
    Key reader;
    reader.name = "reader";
    reader.collections = {"notes"};
    const std::string text = *add_key(file, reader);
    Keys keys;
    ASSERT_TRUE(keys.load(file).ok());
    const Router router = some_routes();
    const struct {
        const char* method;
        const char* collection;
        std::string header;
        unsigned status;  // 0: let in
    } cases[] = {{"GET", "notes", "Bearer " + text, 0},
                 {"GET", "notes", "bearer " + text, 0},
                 {"GET", "notes", "", 401},
                 {"GET", "notes", "Bearer wrong", 401},
                 {"GET", "notes", "Basic " + text, 401},
                 {"GET", "other", "Bearer " + text, 403},
                 {"PUT", "notes", "Bearer " + text, 403}};
    for (const auto& each : cases) {
        Request request;
        if (!each.header.empty()) request.headers.push_back({"Authorization", each.header});
        const auto match =
            router.find(each.method, {"collections", each.collection, "documents", "d"});
        const Admitted admitted = admit(request, match, keys);
        EXPECT_EQ(admitted.refusal ? admitted.refusal->status : 0U, each.status) << each.header;
    }
}

TEST(AccessTest, PagesOfOtherSitesDoNotReachAServerWithoutKeys) {
    ServerOptions options;
    options.cors_origins = {"https://app.example"};
    const struct {
        const char* host;
        const char* origin;
        unsigned status;
    } cases[] = {{"127.0.0.1:8080", "", 0},
                 {"localhost:8080", "http://localhost:8080", 0},
                 {"[::1]:8080", "", 0},
                 {"evil.example", "", 421},
                 {"localhost:8080", "http://evil.example", 403},
                 {"localhost:8080", "null", 403},
                 {"localhost:8080", "https://app.example", 0}};
    for (const auto& each : cases) {
        Request request;
        request.headers = {{"Host", each.host}};
        if (*each.origin != 0) request.headers.push_back({"Origin", each.origin});
        const auto refused = refuse_browser(request, options, false);
        EXPECT_EQ(refused ? refused->status : 0U, each.status) << each.host << " " << each.origin;
        EXPECT_FALSE(refuse_browser(request, options, true)) << "keys protect by themselves";
    }
}

// Keeps a worker of the executor busy until it is released.
class Occupied {
 public:
    Occupied(Executor& executor, Executor::Clock::time_point until) {
        const bool taken = executor.submit(
            [this](bool) {
                running_.count_down();
                release_.wait();
            },
            until);
        EXPECT_TRUE(taken);
        if (taken) running_.wait();
    }
    void release() { release_.count_down(); }

 private:
    std::latch running_{1};
    std::latch release_{1};
};

TEST(ExecutorTest, AFullQueueRefuses) {
    Executor executor("test", 1, 1);
    const auto later = Executor::Clock::now() + std::chrono::hours(1);
    Occupied occupied(executor, later);
    std::promise<bool> waiting;
    ASSERT_TRUE(executor.submit([&](bool late) { waiting.set_value(late); }, later));
    EXPECT_EQ(executor.waiting(), 1U);
    EXPECT_FALSE(executor.submit([](bool) {}, later)) << "one waits already";
    occupied.release();
    EXPECT_FALSE(waiting.get_future().get());
}

TEST(ExecutorTest, WhoWaitsTooLongIsToldSoWhileTheWorkersAreBusy) {
    Executor executor("test", 1, 2);
    const auto later = Executor::Clock::now() + std::chrono::hours(1);
    Occupied occupied(executor, later);
    std::promise<bool> patient;
    std::promise<bool> hurried;
    ASSERT_TRUE(executor.submit([&](bool late) { patient.set_value(late); }, later));
    ASSERT_TRUE(executor.submit([&](bool late) { hurried.set_value(late); },
                                Executor::Clock::now() + std::chrono::milliseconds(20)));
    EXPECT_TRUE(hurried.get_future().get());
    EXPECT_EQ(executor.waiting(), 1U);
    EXPECT_EQ(executor.running(), 1U);
    occupied.release();
    EXPECT_FALSE(patient.get_future().get());
}

TEST(FieldsTest, WrongFieldsAreNamed) {
    const struct {
        const char* body;
        const char* says;
    } cases[] = {{R"({"query":"a","k":0})", "'k' must be a whole number from 1"},
                 {R"({"query":1})", "'query' must be a string"},
                 {R"({"qeury":"a"})", "'qeury' is unknown"},
                 {R"({"k":1e3})", "'k'"},
                 {R"({"k":5.5})", "'k'"},
                 {R"({"k":-1.0})", "'k'"},
                 {R"({"k":"5"})", "'k'"},
                 {R"({"k":1e300})", "'k'"},
                 {R"({"k":1e400})", "a number is beyond"},
                 {R"({"metadata":{"n":[1,-1e999]}})", "a number is beyond"},
                 {"[]", "must be a JSON object"},
                 {"{\"query\":\"a\"", "not valid JSON"},
                 {"{\"query\":\"\xff\"}", "not valid JSON"},
                 {"{} x", "not valid JSON"}};
    for (const auto& each : cases) {
        api::Fields fields(each.body);
        (void)fields.text("query");
        (void)fields.count("k", 10, 1, 100);
        const Status status = fields.done();
        EXPECT_EQ(status.code(), Code::invalid_argument) << each.body;
        EXPECT_NE(status.message().find(each.says), std::string::npos) << status.message();
    }
    // As deep as a bomb.
    EXPECT_FALSE(api::parse_json(std::string(100'000, '[')).ok());
    EXPECT_FALSE(api::parse_json(std::string(100, '[') + std::string(100, ']')).ok());
}

TEST(FieldsTest, WholeNumbersMayBeWrittenWithAPoint) {
    const std::pair<const char*, std::uint64_t> cases[] = {
        {R"({"k":5.0})", 5}, {R"({"k":5})", 5}, {R"({"k":5e1})", 50}, {R"({"k":0.5e1})", 5}};
    for (const auto& [body, k] : cases) {
        api::Fields fields(body);
        EXPECT_EQ(fields.count("k", 10, 1, 100), k) << body;
        EXPECT_TRUE(fields.done().ok()) << fields.done().message();
    }
}

TEST(FieldsTest, ArgumentsOfModelsMayStandInTexts) {
    const auto read = [](const char* object) {
        return api::Fields::of_arguments(api::parse_json(object)->as_object());
    };
    api::Fields good = read(R"({"k": "3", "weight": "0.5", "chunks": "true", "query": "2020"})");
    EXPECT_EQ(good.count("k", 10, 1, 100), 3U);
    EXPECT_EQ(good.number("weight", 0, 0, 1), 0.5);
    EXPECT_TRUE(good.flag("chunks"));
    EXPECT_EQ(good.text("query"), "2020");
    EXPECT_TRUE(good.done().ok()) << good.done().message();
    for (const char* object : {R"({"k": "many"})", R"({"k": "0"})", R"({"k": ""})",
                               R"({"k": "\"3\""})", R"({"chunks": "yes"})", R"({"chunks": "1"})"}) {
        api::Fields bad = read(object);
        (void)bad.count("k", 10, 1, 100);
        (void)bad.flag("chunks");
        EXPECT_FALSE(bad.done().ok()) << object;
    }
}

TEST(FieldsTest, ParametersAreReadAsTheyAreWanted) {
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    api::Fields fields(Parameters{{"query", "2020"},
                                  {"k", "5"},
                                  {"chunks", "true"},
                                  {"weight", "0.25"},
                                  {"facets", "year"},
                                  {"facets", "7"},
                                  {"one", "7"},
                                  {"vector", "[1, 2.5]"}});
    EXPECT_EQ(fields.text("query"), "2020");
    EXPECT_EQ(fields.count("k", 10, 1, 100), 5U);
    EXPECT_TRUE(fields.flag("chunks"));
    EXPECT_EQ(fields.number("weight", 0, 0, 1), 0.25);
    EXPECT_EQ(fields.texts("facets"), (std::vector<std::string>{"year", "7"}));
    EXPECT_EQ(fields.texts("one"), std::vector<std::string>{"7"});
    EXPECT_EQ(fields.numbers("vector"), (std::vector<float>{1, 2.5}));
    EXPECT_TRUE(fields.done().ok()) << fields.done().message();
    const struct {
        const char* name;
        const char* value;
        const char* says;
    } cases[] = {{"k", "many", "'k' must be a whole number"},
                 {"k", "\"5\"", "'k' must be a whole number"},
                 {"chunks", "1", "'chunks' must be true or false"},
                 {"vector", "[1e39]", "'vector' must be a list of numbers"},
                 {"qeury", "a", "'qeury' is unknown"}};
    for (const auto& each : cases) {
        api::Fields wrong(Parameters{{each.name, each.value}});
        (void)wrong.count("k", 10, 1, 100);
        (void)wrong.flag("chunks");
        (void)wrong.numbers("vector");
        EXPECT_NE(wrong.done().message().find(each.says), std::string::npos)
            << wrong.done().message();
    }
}

TEST(DocumentTest, TagsFollowTheContentAndPreconditionsHold) {
    const Document one{"a", "", "text", "{}", {}};
    Document other = one;
    EXPECT_EQ(entity_tag(one), entity_tag(other));
    other.text = "texts";
    EXPECT_NE(entity_tag(one), entity_tag(other));
    const std::string tag = entity_tag(one);
    const struct {
        const char* name;
        std::string value;
        std::string now;  // the tag as it stands
        bool holds;
    } cases[] = {{"If-Match", tag, tag, true},
                 {"If-Match", "\"x\", " + tag, tag, true},
                 {"If-Match", "\"x\"", tag, false},
                 {"If-Match", "*", tag, true},
                 {"If-Match", "*", "", false},
                 {"If-Match", tag, "", false},
                 {"If-Match", "W/" + tag, tag, false},
                 {"If-Match", "W/" + tag + ", " + tag, tag, true},
                 {"If-None-Match", "W/" + tag, tag, false},
                 {"If-None-Match", "*", "", true},
                 {"If-None-Match", "*", tag, false}};
    for (const auto& each : cases) {
        Request request;
        request.headers = {{each.name, each.value}};
        EXPECT_EQ(preconditions_hold(request, each.now), each.holds) << each.name << each.value;
        // A list may be cut into lines.
        request.headers.insert(request.headers.begin(), {each.name, "\"y\""});
        EXPECT_EQ(preconditions_hold(request, each.now), each.holds) << each.name << each.value;
        EXPECT_EQ(only_new(request),
                  each.name == std::string_view("If-None-Match") && each.value == "*");
    }
}

TEST(LogTest, TraceContextIsTakenOverWhenItIsValid) {
    EXPECT_EQ(trace_id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
              "4bf92f3577b34da6a3ce929d0e0e4736");
    for (const char* wrong :
         {"", "00-0-0-0", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-00000000000000000000000000000000-00f067aa0ba902b7-01"}) {
        const std::string made = trace_id_of(wrong);
        EXPECT_EQ(made.size(), 32U) << wrong;
        EXPECT_NE(made, trace_id_of(wrong));
    }
}

TEST(LogTest, NumbersAreForPeople) {
    EXPECT_EQ(plain({{"a", 3448.541623}, {"b", {0.0005, 7, -1e-9}}, {"c", "x\"\n"}}),
              R"({"a":3448.542,"b":[0.001,7,-0.000],"c":"x\"\n"})");
    EXPECT_EQ(plain(boost::json::object{}), "{}");
    EXPECT_EQ(plain(boost::json::array{}), "[]");
    EXPECT_EQ(plain(nullptr), "null");
    // What is printed is read back.
    EXPECT_EQ(boost::json::parse(plain({{"a", {{"b", true}, {"c", 1U << 31U}}}})),
              (boost::json::value{{"a", {{"b", true}, {"c", 1U << 31U}}}}));
}

TEST(MetricsTest, HistogramsAreCumulative) {
    Metrics metrics;
    metrics.request("GET", "/x", 200, 0.003);
    metrics.request("GET", "/x", 200, 0.3);
    const std::string text = metrics.text({{"lectern_connections", "Open.", "", 2}});
    for (const char* line :
         {"lectern_requests_total{method=\"GET\",route=\"/x\",status=\"200\"} 2\n",
          "lectern_request_seconds_bucket{method=\"GET\",route=\"/x\",le=\"0.005\"} 1\n",
          "lectern_request_seconds_bucket{method=\"GET\",route=\"/x\",le=\"+Inf\"} 2\n",
          "# TYPE lectern_connections gauge\nlectern_connections 2\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(MetricsTest, StagesQueuesAndRecallAreThere) {
    Metrics metrics;
    StageTiming stage;
    stage.stage = "vectors";
    stage.items = 3;
    stage.tokens = 40;
    stage.batch_fill = 0.5;
    stage.busy_seconds = 0.2;
    stage.wait_seconds = 0.02;
    metrics.stages({stage, stage});
    metrics.waited("read", 0.2);
    metrics.recall("notes", 9, 10);
    metrics.recall("notes", 10, 10);
    metrics.recall_left_out("load");
    metrics.recall("others", 5, 10);
    const std::string text = metrics.text({{"lectern_things_total", "Things.", "", 1, "counter"}});
    for (const char* line :
         {"lectern_stage_seconds_bucket{stage=\"vectors\",le=\"0.25\"} 2\n",
          "lectern_stage_wait_seconds_bucket{stage=\"vectors\",le=\"0.025\"} 2\n",
          "lectern_stage_items_total{stage=\"vectors\"} 6\n",
          "lectern_stage_tokens_total{stage=\"vectors\"} 80\n",
          "lectern_batch_fill_ratio{stage=\"vectors\"} 0.5\n",
          "lectern_queue_seconds_count{lane=\"read\"} 1\n",
          "lectern_index_recall_ratio{collection=\"notes\"} 0.95\n",
          "lectern_index_recall_samples_total{collection=\"notes\"} 2\n",
          "lectern_index_recall_wanted_total{collection=\"notes\"} 20\n",
          "lectern_index_recall_found_total{collection=\"notes\"} 19\n",
          "lectern_index_recall_left_out_total{reason=\"load\"} 1\n",
          "# TYPE lectern_things_total counter\nlectern_things_total 1\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    EXPECT_NE(text.find("\"others\""), std::string::npos) << text;
    // A key that does not reach a collection is not told that there is one.
    const std::string ours =
        metrics.text({}, [](const std::string& collection) { return collection == "notes"; });
    EXPECT_NE(ours.find("lectern_index_recall_ratio{collection=\"notes\"} 0.95\n"),
              std::string::npos)
        << ours;
    EXPECT_EQ(ours.find("others"), std::string::npos) << ours;
}

TEST(OpenApiTest, EveryRouteIsDescribedAndNothingElse) {
    const lectern::TestFolder home;
    ServerOptions options;
    options.data = home.path();
    auto engine = Engine::create();
    ASSERT_TRUE(engine.ok());
    ServerState state(options, {}, *engine);
    add_routes(state);
    std::set<std::string> routes;
    for (const Route& route : state.router.routes()) {
        std::string pattern = route.pattern;
        std::erase(pattern, '+');
        if (pattern.starts_with("/web/")) pattern = "/web/{file}";
        routes.insert(route.method + " " + pattern);
    }
    std::set<std::string> described;
    const auto document = api::parse_json(openapi_text(true, {}));
    for (const auto& path : document->at("paths").as_object())
        for (const auto& method : path.value().as_object()) {
            std::string name(method.key());
            if (name == "parameters") continue;
            for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
            described.insert(name + " " + std::string(path.key()));
        }
    EXPECT_EQ(routes, described);
}

TEST(JsonTextTest, NumbersAreAsPeopleWriteThemAndReadBackTheSame) {
    namespace json = boost::json;
    const json::value value{{"a", {1.0, 0.25, -100.0, 1e300, 0.0}},
                            {"b\"", {0.1F, 5e-324, true, nullptr, 7}},
                            {"c", json::object{}},
                            {"d", json::array{}},
                            {"e", std::numeric_limits<double>::infinity()}};
    const std::string text = api::json_text(value);
    EXPECT_EQ(text, R"({"a":[1,0.25,-100,1e+300,0],"b\"":[0.10000000149011612,5e-324,true,null,7],)"
                    R"("c":{},"d":[],"e":null})");
    for (const double number : {0.1, 1.0 / 3, 123456.789, 9.946339130401611E-1, 1e-7, 2.5e15})
        EXPECT_EQ(std::strtod(api::json_text(number).c_str(), nullptr), number);
}

TEST(MediaTypeTest, OnlyWhatCannotBeIsRefused) {
    for (const char* type : {"", "application/json", "Application/JSON ; charset=utf-8",
                             "application/problem+json", "application/x-www-form-urlencoded"}) {
        EXPECT_FALSE(refuse_type(Body::json, type)) << type;
        EXPECT_FALSE(refuse_type(Body::lines, type)) << type;
        EXPECT_FALSE(refuse_type(Body::bytes, type)) << type;
    }
    EXPECT_FALSE(refuse_type(Body::lines, "application/x-ndjson"));
    EXPECT_FALSE(refuse_type(Body::bytes, "text/html"));
    for (const auto& [body, type] : {std::pair{Body::json, "application/x-ndjson"},
                                     {Body::json, "text/html"},
                                     {Body::json, "multipart/form-data; boundary=x"},
                                     {Body::lines, "text/csv"},
                                     {Body::bytes, "Multipart/Form-Data"}}) {
        const auto refused = refuse_type(body, type);
        ASSERT_TRUE(refused) << type;
        EXPECT_EQ(refused->status, 415U);
    }
}

TEST(ResponseTest, IsCompressedWhereItMayBeAndTellsCaches) {
    Request request;
    request.trace_id = "t";
    const ServerOptions options;
    const std::string body(5000, 'a');
    const auto bytes = [&](unsigned status, const char* type) {
        return response_bytes({status, type, status == 304 ? "" : body, {{"X", "a\r\nY: b"}}},
                              request, options);
    };
    std::string plain = bytes(200, "text/plain");
    EXPECT_NE(plain.find("Content-Length: 5000\r\n"), std::string::npos);
    EXPECT_NE(plain.find("X: aY: b\r\n"), std::string::npos) << "a value ends no header";
    EXPECT_TRUE(plain.ends_with(body));
    request.headers = {{"Accept-Encoding", "br, gzip"}};
    const std::string small = bytes(200, "text/plain");
    EXPECT_NE(small.find("Content-Encoding: gzip\r\n"), std::string::npos);
    EXPECT_LT(small.size(), 1000U);
    EXPECT_EQ(bytes(200, "application/pdf").find("gzip"), std::string::npos);
    EXPECT_NE(bytes(304, "").find("Vary: Accept-Encoding\r\n"), std::string::npos);
    EXPECT_EQ(bytes(304, "").find("Content-Length"), std::string::npos);
    request.headers.clear();
    request.method = "HEAD";
    EXPECT_TRUE(bytes(200, "text/plain").ends_with("\r\n\r\n"));
}

TEST(OpenApiTest, TheDescriptionIsJson) {
    const auto value = api::parse_json(openapi_text(true, {}));
    ASSERT_TRUE(value.ok()) << value.status().message();
    EXPECT_TRUE(value->at("openapi").as_string() == "3.1.0");
}

}  // namespace
}  // namespace lectern::server
