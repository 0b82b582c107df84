// The gate: stages that break the rules, one after the other, and what becomes of it. The plugin is
// testdata/wrong.cpp; each stage of it does wrong when it meets the word "wrong".
#include "engine/plugin_host/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <new>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/active_calls.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern::host {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CallsTest : public ::testing::Test {
 protected:
    // One host for all tests: its plugin is loaded once.
    static void SetUpTestSuite() {
        HostOptions options;
        options.plugin_folders = {LECTERN_WRONG_PLUGIN};
        options.probe_program = LECTERN_PROBE_PROGRAM;
        options.log = [](LogLevel, std::string_view plugin, std::string_view message) {
            log_.push_back(std::string(plugin) + ": " + std::string(message));
        };
        auto host = PluginHost::open(std::move(options));
        ASSERT_TRUE(host) << host.status().message();
        host_ = std::move(*host);
    }
    static void TearDownTestSuite() { host_.reset(); }
    static Result<Stage> make(const std::string& kind, const std::string& how) {
        return host_->create(
            {.plugin = "wrong", .type = kind, .name = "s", .options = {{"how", how}}});
    }
    // One call of a stage of the kind over the text; how it ended, or of a batch the first item.
    static Status call(const std::string& kind, const std::string& how, const std::string& text) {
        const auto stage = make(kind, how);
        if (!stage) return stage.status();
        return call(*stage, kind, text);
    }
    static Status call(const Stage& stage, const std::string& kind, const std::string& text);

    static inline std::unique_ptr<PluginHost> host_;
    static inline std::vector<std::string> log_;
};

Status CallsTest::call(const Stage& stage, const std::string& kind, const std::string& text) {
    const auto nothing = [](const Record&) { return Status(); };
    const RecordTaker taker{nothing, {}, 1000};
    std::vector<ItemError> failed;
    const auto first = [&failed] {
        return failed.empty() ? Status() : Status(failed.front().code, failed.front().message);
    };
    if (kind == "extractor") {
        LECTERN_TRY(fits(stage, "x.wrong", text).status());
        return extract(stage, {}, {.name = "x.wrong", .bytes = text}, taker);
    }
    if (kind == "custom") return process(stage, {}, {.text = text}, taker);
    if (kind == "splitter") return split(stage, {}, {.text = text}).status();
    if (kind == "tokenizer") {
        const std::array<lectern_text, 2> texts{span("sound"), span(text)};
        LECTERN_TRY(tokenize(
            stage, {}, texts, 0, 0, [](std::size_t, const lectern_tokens&) {}, failed));
        return first();
    }
    if (kind == "embedder") {
        LECTERN_ASSIGN(const EmbedderInfo info, embedder_info(stage));
        const std::array<std::int32_t, 2> ids{1, text.find("wrong") != std::string::npos ? 2 : 1};
        std::array<lectern_tokens, 2> sequences{};
        for (std::size_t i = 0; i < 2; ++i) {
            sequences.at(i).struct_size = sizeof(lectern_tokens);
            sequences.at(i).count = 1;
            sequences.at(i).ids = &ids.at(i);
        }
        std::array<float, 4> out{};
        LECTERN_TRY(embed(stage, info, {}, sequences, LECTERN_PASSAGE, out.data(), failed));
        EXPECT_LE(failed.size(), 1U);
        for (const ItemError& error : failed) EXPECT_EQ(error.index, 1U);
        return first();
    }
    if (kind == "reranker") {
        const std::array<RankedHit, 2> hits{RankedHit{.text = "a", .passage = "a"},
                                            RankedHit{.text = "b", .passage = "b"}};
        std::array<float, 2> scores{};
        return rerank(stage, {}, text, hits, scores);
    }
    if (kind == "reader") {
        const std::array<Passage, 1> passages{Passage{0.5F, "t", "the passage"}};
        return read(stage, {}, text, passages, 3).status();
    }
    if (kind == "verifier") return infer(stage, {}, "evidence", text).status();
    if (kind == "generator") {
        LECTERN_TRY(generator_info(stage).status());
        const std::array<lectern_message, 1> messages{
            lectern_message{sizeof(lectern_message), LECTERN_ROLE_USER, span(text)}};
        lectern_generation request{};
        request.messages = messages.data();
        request.message_count = messages.size();
        request.max_tokens = 100;
        Generation report;
        return generate(
            stage, {}, request, [](std::string_view) { return true; }, report);
    }
    return train(stage, {},
                 []() -> Result<std::string_view> {
                     return {Code::not_found, ""};
                 },
                 "m", {})
        .status();
}

constexpr const char* kinds[] = {"extractor", "custom", "splitter", "tokenizer", "embedder",
                                 "reranker",  "reader", "verifier", "generator", "trainer"};

TEST_F(CallsTest, ASoundStageOfEachKindIsTaken) {
    for (const char* kind : kinds) EXPECT_EQ(call(kind, "", "sound").message(), "") << kind;
}

// Whatever a plugin throws, from whatever function of whatever kind.
TEST_F(CallsTest, WhatIsThrownBecomesAFailureThatNamesStageAndFunction) {
    const std::map<std::string, std::string> functions{
        {"extractor", "extract"},  {"custom", "process"}, {"splitter", "split"},
        {"tokenizer", "tokenize"}, {"embedder", "embed"}, {"reranker", "rerank"},
        {"reader", "read"},        {"verifier", "infer"}, {"generator", "generate"},
        {"trainer", "train"}};
    for (const auto& [kind, function] : functions) {
        const std::string begin =
            "stage 's' (plugin wrong): its " + function + " threw an exception across the boundary";
        const Status thrown = call(kind, "throw", "wrong");
        EXPECT_EQ(thrown.code(), Code::internal) << kind;
        EXPECT_EQ(thrown.message(),
                  begin + " (thrown ?[31mby a plugin); report it to the plugin's author");
        EXPECT_EQ(call(kind, "throw_int", "wrong").message(),
                  begin + "; report it to the plugin's author");
    }
    EXPECT_THAT(call("extractor", "throw_fits", "sound").message(), HasSubstr("its fits threw"));
    EXPECT_THAT(call("embedder", "throw_info", "sound").message(), HasSubstr("its info threw"));
    EXPECT_THAT(call("generator", "throw_info", "sound").message(), HasSubstr("its info threw"));
    EXPECT_THAT(count_tokens(*make("generator", "throw"), {}, {}).status().message(),
                HasSubstr("its count_tokens threw"));
    EXPECT_THAT(warm(*make("generator", "throw"), {}, {}).message(), HasSubstr("its warm threw"));
    EXPECT_THAT(evaluate(*make("trainer", "throw"), {}, "m", "t", {}).status().message(),
                HasSubstr("its evaluate threw"));
    EXPECT_THAT(call("custom", "throw_port", "sound").message(), HasSubstr("its input threw"));
    EXPECT_THAT(call("custom", "throw_capability", "sound").message(),
                HasSubstr("its get_capability threw an exception across the boundary (thrown in "
                          "capability)"));
}

TEST_F(CallsTest, WhatDestroyThrowsIsLogged) {
    log_.clear();
    EXPECT_TRUE(call("custom", "throw_destroy", "sound").ok());
    EXPECT_THAT(log_, ElementsAre("wrong: its destroy threw an exception across the boundary "
                                  "(thrown in destroy); report it to the plugin's author"));
}

struct Row {
    const char* kind;
    const char* how;
    const char* message;  // a part of it; "": it is taken
};

TEST_F(CallsTest, WrongResultsAreRefusedWithTheNameOfTheStage) {
    const Row rows[] = {
        {"custom", "null_document", "gave NULL for a document"},
        {"custom", "short_document", "gave a document with the struct_size 8"},
        {"custom", "no_data", "gave a text with a size and no data"},
        {"custom", "endless", "gives more than the limit of 1000 documents"},
        {"custom", "other_thread", "called a sink from another thread"},
        {"extractor", "place", ""},
        {"extractor", "place_kind", ""},
        {"extractor", "place_null", "gave places without their structs"},
        {"extractor", "place_short", "gave places without their structs"},
        {"extractor", "place_order", "gave a place that does not begin at a character"},
        {"extractor", "place_outside", "gave a place that does not begin at a character"},
        {"extractor", "place_character", "gave a place that does not begin at a character"},
        {"extractor", "place_no_data", "gave a place that does not begin at a character"},
        {"extractor", "place_many", "gave more places than there can be"},
        {"extractor", "place_name", "gave a place with a name that is not UTF-8"},
        {"splitter", "context", ""},
        {"splitter", "context_behind", "gave a chunk with a context that is not a short range"},
        {"splitter", "context_empty", "gave a chunk with a context that is not a short range"},
        {"extractor", "endless", "gives more than the limit of 1000 documents"},
        {"extractor", "fail_often", ""},
        {"extractor", "huge_fit", ""},
        {"splitter", "none", "gave no chunk"},
        {"splitter", "outside", "gave a chunk that is not a byte range of the text"},
        {"splitter", "empty", "gave a chunk that is not a byte range of the text"},
        {"splitter", "same", "gave the same chunk twice"},
        {"tokenizer", "none", "gave no tokens of a text, nor why"},
        {"tokenizer", "item_error", "no words in it"},
        {"tokenizer", "no_ranges", ""},
        {"tokenizer", "bad_range", "gave a token's range that is not in the text"},
        {"tokenizer", "huge_count", "gave 1099511627776 tokens of a text of 5 bytes"},
        {"tokenizer", "neither", "gave tokens with neither ids nor words"},
        {"tokenizer", "short_tokens", "gave tokens without their whole struct"},
        {"tokenizer", "null_tokens", "gave tokens without their whole struct"},
        {"tokenizer", "outside", "gave tokens of text 7 of 2"},
        {"tokenizer", "twice", "gave the tokens of text 1 twice"},
        {"embedder", "nan", "gave a vector that holds a value that is no number"},
        {"embedder", "infinite", "gave a vector that holds a value that is no number"},
        {"embedder", "zeros", "gave a vector that is zeros"},
        {"embedder", "long", "gave a vector that has the length"},
        {"embedder", "two", "gave a vector that has the length 2.000000, where 1 is promised"},
        {"embedder", "any_length", ""},
        {"embedder", "item_error", "cannot be embedded"},
        {"embedder", "no_dimension", "gives no dimension or fingerprint"},
        {"embedder", "no_fingerprint", "gives no dimension or fingerprint"},
        {"embedder", "other_dimension", "its vectors have 2 dimensions, and its output 4"},
        {"reranker", "nan", "gave a score that is no number"},
        {"reader", "nan", "gave evidence with the score nan, and scores are 0 to 1"},
        {"reader", "nine", "gave evidence with the score 9.0"},
        {"reader", "negative", "gave evidence with the score -0.5"},
        {"reader", "outside", "gave evidence of passage 1 of 1"},
        {"reader", "too_long", "gave evidence that is not a byte range of its passage"},
        {"reader", "unlikely", "gave an answer with a probability that is not 0 to 1"},
        {"reader", "endless", "gives evidence without an end"},
        {"verifier", "nan", "gave probabilities that are not 0 to 1"},
        {"verifier", "sum", "gave probabilities that are not 0 to 1"},
        {"generator", "no_data", "gave a text with a size and no data"},
        {"generator", "endless", "writes more than was asked for, without an end"},
        {"trainer", "no_json", "gave a report that is no JSON object"},
    };
    for (const Row& row : rows) {
        const std::string what = std::string(row.kind) + " " + row.how;
        EXPECT_TRUE(call(row.kind, row.how, "sound").ok() || row.how[0] == 'n' ||
                    row.how == std::string("other_dimension"))
            << what;
        const Status status = call(row.kind, row.how, "wrong");
        if (row.message[0] == 0)
            EXPECT_EQ(status.message(), "") << what;
        else
            EXPECT_THAT(status.message(),
                        AllOf(StartsWith("stage 's' (plugin wrong)"), HasSubstr(row.message)))
                << what;
    }
    // Chunks that overlap much are sound, and those that are many times the text are not.
    const std::string grown = "wrong " + std::string(2000, 'x');
    EXPECT_TRUE(call("splitter", "growing", "wrong").ok());
    EXPECT_THAT(call("splitter", "growing", grown).message(), HasSubstr("more than 64 times"));
}

TEST_F(CallsTest, FailuresWithoutAnEndAreCountedAndNotKept) {
    const auto stage = make("extractor", "fail_often");
    ASSERT_TRUE(stage);
    std::vector<std::string> failed;
    const RecordTaker taker{[](const Record&) { return Status(); },
                            [&](const std::string& what, const Status& why) {
                                failed.push_back(what + " " + why.message());
                            },
                            10, 1000, 3};
    EXPECT_TRUE(extract(*stage, {}, {.name = "x.wrong", .bytes = "wrong"}, taker).ok());
    EXPECT_THAT(failed, ElementsAre("row is broken", "row is broken", "row is broken",
                                    "more 1999997 more documents have failed; the first are "
                                    "listed"));
}

// What the engine throws in a sink does not pass through the plugin.
TEST_F(CallsTest, WhatIsOursIsKeptAndReportedBehindTheCall) {
    const auto stage = make("custom", "");
    ASSERT_TRUE(stage);
    const auto with = [&](std::function<Status(const Record&)> take) {
        return process(*stage, {}, {.text = "sound"}, {std::move(take), {}});
    };
    const Status memory = with([](const Record&) -> Status { throw std::bad_alloc(); });
    EXPECT_EQ(memory.code(), Code::resource_exhausted);
    EXPECT_EQ(memory.message(), "stage 's' (plugin wrong): out of memory");
    EXPECT_EQ(with([](const Record&) -> Status { throw std::logic_error("ours"); }).message(),
              "stage 's' (plugin wrong): a defect: ours");
    EXPECT_EQ(with([](const Record&) -> Status {
                  return {Code::unavailable, "no room"};
              }).code(),
              Code::unavailable);
}

TEST_F(CallsTest, TextBehindTheStopIsNotTaken) {
    const auto stage = make("generator", "deaf");
    ASSERT_TRUE(stage);
    const std::array<lectern_message, 1> messages{
        lectern_message{sizeof(lectern_message), LECTERN_ROLE_USER, span("wrong")}};
    lectern_generation request{};
    request.messages = messages.data();
    request.message_count = 1;
    std::string out;
    Generation report;
    const Status status = generate(
        *stage, {}, request,
        [&](std::string_view piece) {
            out += piece;
            return out.size() < 12;
        },
        report);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(out, "more more more ");
}

TEST_F(CallsTest, NothingIsTakenBehindTheDeadline) {
    const auto stage = make("custom", "");
    ASSERT_TRUE(stage);
    int taken = 0;
    const RecordTaker taker{[&](const Record&) {
                                ++taken;
                                return Status();
                            },
                            {}};
    const Interrupt late{.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1)};
    const Status status = process(*stage, late, {.text = "sound"}, taker);
    EXPECT_EQ(status.code(), Code::deadline_exceeded) << status.message();
    EXPECT_THAT(status.message(), StartsWith("stage 's' (plugin wrong)"));
    EXPECT_EQ(taken, 0);
}

TEST_F(CallsTest, BytesOfAGeneratorThatAreNoTextAreReplaced) {
    const auto stage = make("generator", "bad_utf8");
    ASSERT_TRUE(stage);
    const std::array<lectern_message, 1> messages{
        lectern_message{sizeof(lectern_message), LECTERN_ROLE_USER, span("wrong")}};
    lectern_generation request{};
    request.messages = messages.data();
    request.message_count = 1;
    std::string out;
    Generation report;
    ASSERT_TRUE(generate(
                    *stage, {}, request,
                    [&](std::string_view piece) {
                        out += piece;
                        return true;
                    },
                    report)
                    .ok());
    EXPECT_EQ(out, "caf\xc3\xa9 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD and \xEF\xBF\xBD\xEF\xBF\xBD");
}

// A call that runs is known by its name, also from another thread.
TEST_F(CallsTest, CallsThatRunAreNamed) {
    const auto stage = make("custom", "");
    ASSERT_TRUE(stage);
    std::vector<ActiveCall> seen;
    const RecordTaker taker{[&](const Record&) {
                                seen = active_calls();
                                return Status();
                            },
                            {}};
    ASSERT_TRUE(process(*stage, {}, {.text = "sound"}, taker).ok());
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(describe(seen[0].plugin, seen[0].stage), "stage 's' (plugin wrong)");
    EXPECT_EQ(seen[0].function, "process");
    EXPECT_TRUE(active_calls().empty());
}

using CallsDeathTest = CallsTest;

TEST_F(CallsDeathTest, AnExitWithinAPluginIsNoSuccess) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT((void)call("custom", "exit", "wrong"), ::testing::ExitedWithCode(1),
                "stage 's' \\(plugin wrong\\) called exit\\(\\) in its process");
    EXPECT_EXIT((void)call("embedder", "exit", "wrong"), ::testing::ExitedWithCode(1),
                "called exit\\(\\) in its embed");
    EXPECT_EXIT((void)call("custom", "exit_thread", "wrong"), ::testing::ExitedWithCode(1),
                "a thread of a plugin called exit\\(\\)");
    EXPECT_EXIT(std::exit(0), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lectern::host
