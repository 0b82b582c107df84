#include "plugins/gpt/generator.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "plugins/gpt/test_support.hpp"
#include "text/text.hpp"

namespace lectern::gpt {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

constexpr std::string_view system_text =
    "You answer questions from the numbered evidence only, in one or two sentences.";

struct Ask {
    std::string user;
    std::uint32_t max_tokens = 24;
    float temperature = 0;
    float top_p = 0;
    std::uint64_t seed = 0;
    std::vector<std::string> stop = {};
    std::string grammar = {};
};

struct Answer {
    std::string text;
    lectern_generation_report report{};
};

// One generator for all tests. One thread: two on a busy machine wait for each other at every
// layer.
const LlamaGenerator& generator() {
    static const LlamaGenerator one(
        [] {
            GeneratorOptions options;
            options.model = model_path();
            options.context_tokens = 1024;
            options.threads = 1;
            return options;
        }(),
        plugin::Host());
    return one;
}

Answer ask(const Ask& request, const HostCall& call, const Pieces& pieces) {
    const std::vector<lectern_message> messages = {message(LECTERN_ROLE_SYSTEM, system_text),
                                                   message(LECTERN_ROLE_USER, request.user)};
    std::vector<lectern_text> stop;
    for (const std::string& text : request.stop) stop.push_back(plugin::text(text));
    const lectern_generation generation{sizeof(lectern_generation),
                                        request.max_tokens,
                                        messages.data(),
                                        messages.size(),
                                        request.temperature,
                                        request.top_p,
                                        request.seed,
                                        stop.data(),
                                        stop.size(),
                                        plugin::text(request.grammar)};
    Answer answer;
    answer.report.struct_size = sizeof answer.report;
    generator().generate(call.get(), generation, pieces.get(), answer.report);
    answer.text = pieces.text();
    return answer;
}

Answer ask(const Ask& request) {
    const HostCall call;
    const Pieces pieces;
    return ask(request, call, pieces);
}

Answer ask_afresh(const Ask& request) {
    generator().forget();
    return ask(request);
}

TEST(Generator, TellsWhatItIs) {
    EXPECT_EQ(generator().info().context_tokens, 1024U);
    EXPECT_THAT(generator().info().fingerprint, testing::StartsWith("gpt:"));
    EXPECT_THAT(generator().info().model, testing::Not(testing::IsEmpty()));
}

TEST(Generator, AnswersFromTheModel) {
    const Answer answer = ask({.user = "What is the capital of France?"});
    EXPECT_THAT(answer.text, HasSubstr("Paris"));
    EXPECT_EQ(answer.report.truncated, 0U);
    EXPECT_GT(answer.report.answer_tokens, 0U);
    EXPECT_LT(answer.report.answer_tokens, 24U);
    EXPECT_GT(answer.report.prompt_tokens, 20U);
    EXPECT_GT(answer.report.prefill_seconds, 0);
    EXPECT_GT(answer.report.decode_seconds, 0);
}

TEST(Generator, CountsTheTokensOfThePromptItReads) {
    const Ask request{.user = "Why is BERT not GPT?", .max_tokens = 1};
    const std::vector<lectern_message> messages = {message(LECTERN_ROLE_SYSTEM, system_text),
                                                   message(LECTERN_ROLE_USER, request.user)};
    EXPECT_EQ(generator().count_tokens(messages.data(), messages.size()),
              ask(request).report.prompt_tokens);
}

TEST(Generator, GreedyIsDeterministicWithAndWithoutReuse) {
    const Ask request{.user = "Describe in a sentence what a dictionary is."};
    const Answer fresh = ask_afresh(request);
    EXPECT_EQ(fresh.report.reused_tokens, 0U);
    const Answer again = ask(request);
    EXPECT_EQ(again.report.reused_tokens, again.report.prompt_tokens - 1);
    EXPECT_EQ(again.text, fresh.text);
    EXPECT_EQ(ask_afresh(request).text, fresh.text);
}

TEST(Generator, ReusesTheCommonPrefixOfTwoQuestions) {
    ask_afresh({.user = "Evidence: the sky is blue. Question: What colour is the sky?"});
    const Answer second =
        ask({.user = "Evidence: the sky is blue. Question: Is the sky green?", .max_tokens = 4});
    EXPECT_GT(second.report.reused_tokens, 20U);
    EXPECT_LT(second.report.reused_tokens, second.report.prompt_tokens);
}

TEST(Generator, KeepsTheWarmedPartThroughOtherPrompts) {
    generator().forget();
    const HostCall call;
    const std::vector<lectern_message> fixed = {message(LECTERN_ROLE_SYSTEM, system_text)};
    generator().warm(call.get(), fixed.data(), fixed.size());

    const Answer first = ask({.user = "Name a colour.", .max_tokens = 4});
    EXPECT_GT(first.report.reused_tokens, 15U);

    // A prompt with another beginning takes the place of what was read last ...
    const std::vector<lectern_message> other = {message(LECTERN_ROLE_USER, "Hello!")};
    const lectern_generation generation{
        sizeof(lectern_generation), 4, other.data(), 1, 0, 0, 0, nullptr, 0, {nullptr, 0}};
    lectern_generation_report report{};
    generator().generate(call.get(), generation, Pieces().get(), report);
    EXPECT_LT(report.reused_tokens, 5U);

    // ... and not of the fixed part.
    const Answer second = ask({.user = "Name a colour.", .max_tokens = 4});
    EXPECT_EQ(second.report.reused_tokens, first.report.reused_tokens);
    EXPECT_EQ(second.text, first.text);
}

TEST(Generator, GivesUpTheWarmedPartWhenAPromptNeedsTheRoom) {
    generator().forget();
    const HostCall call;
    const std::string fixed_text(2000, 'x');
    const std::vector<lectern_message> fixed = {message(LECTERN_ROLE_SYSTEM, fixed_text)};
    const std::uint64_t fixed_tokens = generator().count_tokens(fixed.data(), 1);
    ASSERT_GT(fixed_tokens, 100U);
    generator().warm(call.get(), fixed.data(), 1);
    std::string user;
    while (user.size() < 3800) user += "one two ";  // nearly the whole context
    const Answer answer = ask({.user = user, .max_tokens = 4});
    EXPECT_GT(answer.report.prompt_tokens + fixed_tokens, 1024U);
    EXPECT_EQ(answer.report.answer_tokens, 4U);
}

TEST(Generator, StreamsWholeCharacters) {
    const HostCall call;
    const Pieces pieces;
    ask({.user = "Write the words hello and thank you in Japanese, Chinese, and Russian, then "
                 "three emoji.",
         .max_tokens = 80},
        call, pieces);
    bool other_than_ascii = false;
    for (const std::string& piece : pieces.all) {
        EXPECT_EQ(text::invalid_utf8_at(piece), std::string_view::npos) << piece;
        for (const char byte : piece) other_than_ascii |= (byte & 0x80) != 0;
    }
    EXPECT_TRUE(other_than_ascii) << pieces.text();
    EXPECT_GT(pieces.all.size(), 10U);
}

TEST(Generator, EndsAtMaxTokensAndSaysSo) {
    const Answer answer = ask({.user = "Count from one to one hundred.", .max_tokens = 5});
    EXPECT_EQ(answer.report.answer_tokens, 5U);
    EXPECT_EQ(answer.report.truncated, 1U);
}

TEST(Generator, EndsBeforeAStopString) {
    const Ask request{.user = "Count from 1 to 9 with commas.", .max_tokens = 40};
    const std::string whole = ask(request).text;
    ASSERT_THAT(whole, HasSubstr("3"));
    Ask with_stop = request;
    with_stop.stop = {whole.substr(whole.find('3'), 4), "never written"};
    const Answer answer = ask(with_stop);
    EXPECT_EQ(answer.text, whole.substr(0, whole.find('3')));
    EXPECT_EQ(answer.report.truncated, 0U);
}

TEST(Generator, EndsWhenTheSinkWantsNoMore) {
    const HostCall call;
    int left = 3;
    const Pieces pieces([&left](std::string_view) { return --left > 0; });
    ask({.user = "Count from one to one hundred."}, call, pieces);
    EXPECT_EQ(pieces.all.size(), 3U);
}

TEST(Generator, StopsWhenCancelledBetweenTokens) {
    HostCall call;
    int seen = 0;
    const Pieces pieces([&](std::string_view) {
        if (++seen == 3) call.cancel = true;
        return true;
    });
    const Outcome outcome = outcome_of(
        [&] { ask({.user = "Count from one to one hundred.", .max_tokens = 200}, call, pieces); });
    EXPECT_EQ(outcome.code, LECTERN_CANCELLED);
    EXPECT_EQ(seen, 3);
}

// Cancelled by the count of questions it asks: amid the prompt, without a clock.
TEST(Generator, StopsWhenCancelledWithinThePromptAndGoesOnAfterwards) {
    std::string user = "Repeat the last word.";
    while (user.size() < 3000) user += " alpha beta";
    const Ask request{.user = user, .max_tokens = 8};
    const Answer fresh = ask_afresh(request);

    generator().forget();
    struct CancelLater {
        lectern_call call{};
        int left = 40;
    } later;
    later.call.struct_size = sizeof later.call;
    later.call.host_data = &later;
    later.call.is_cancelled = [](const lectern_call* call) -> std::int32_t {
        return --static_cast<CancelLater*>(call->host_data)->left < 0 ? 1 : 0;
    };
    const std::vector<lectern_message> messages = {message(LECTERN_ROLE_SYSTEM, system_text),
                                                   message(LECTERN_ROLE_USER, user)};
    const lectern_generation generation{
        sizeof(lectern_generation), 8, messages.data(), 2, 0, 0, 0, nullptr, 0, {nullptr, 0}};
    lectern_generation_report report{};
    const Pieces pieces;
    const Outcome outcome = outcome_of(
        [&] { generator().generate(plugin::Call(&later.call), generation, pieces.get(), report); });
    EXPECT_EQ(outcome.code, LECTERN_CANCELLED);
    EXPECT_TRUE(pieces.all.empty());

    EXPECT_EQ(ask(request).text, fresh.text);
}

TEST(Generator, ACancelledCallerDoesNotWaitForItsTurn) {
    HostCall waiting;
    Outcome outcome;
    const HostCall call;
    bool started = false;
    std::thread other;
    const Pieces pieces([&](std::string_view) {
        if (!started) {
            started = true;
            other = std::thread(
                [&] { outcome = outcome_of([&] { ask({.user = "Hello?"}, waiting, Pieces()); }); });
            // Two questions: before it waits, and while it waits for the turn that is ours.
            while (waiting.asked < 2) std::this_thread::yield();
            waiting.cancel = true;
            other.join();
        }
        return true;
    });
    ask({.user = "Count from one to ten.", .max_tokens = 4}, call, pieces);
    EXPECT_EQ(outcome.code, LECTERN_CANCELLED);
}

TEST(Generator, RefusesAPromptThatDoesNotFitBeforeAnyText) {
    std::string user;
    for (int i = 0; i < 1200; ++i) user += "word ";
    const Outcome outcome = outcome_of([&] { ask({.user = user, .max_tokens = 77}); });
    EXPECT_EQ(outcome.code, LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_THAT(outcome.message, AllOf(HasSubstr(" 77;"), HasSubstr("1024")));

    // The answer's tokens count too, and 0 means what is left.
    EXPECT_EQ(outcome_of([&] { ask({.user = "Hi", .max_tokens = 1020}); }).code,
              LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_EQ(outcome_of([&] { ask({.user = "Say yes.", .max_tokens = 0}); }).code, LECTERN_OK);
}

TEST(Generator, WritesWithinAGrammar) {
    const Answer answer = ask({.user = "Is the sky blue?", .grammar = R"(root ::= "yes" | "no")"});
    EXPECT_THAT(answer.text, AnyOf(Eq("yes"), Eq("no")));
    EXPECT_EQ(answer.report.truncated, 0U);
    const Answer digits = ask({.user = "What is love?", .grammar = "root ::= [0-9] [0-9] [0-9]"});
    EXPECT_THAT(digits.text, testing::MatchesRegex("[0-9]{3}"));
}

TEST(Generator, RefusesBrokenRequests) {
    EXPECT_EQ(outcome_of([] { ask({.user = "x", .grammar = "root ::= ("}); }).code,
              LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(outcome_of([] { ask({.user = "x", .grammar = R"(start ::= "a")"}); }).message,
                HasSubstr("root"));
    EXPECT_THAT(outcome_of([] { ask({.user = "x", .temperature = -1}); }).message,
                HasSubstr("temperature"));
    EXPECT_THAT(outcome_of([] { ask({.user = "x", .top_p = 2}); }).message, HasSubstr("top_p"));
    EXPECT_THAT(outcome_of([] { ask({.user = "x", .stop = {""}}); }).message, HasSubstr("stop"));
    const HostCall call;
    EXPECT_EQ(outcome_of([&] { generator().warm(call.get(), nullptr, 0); }).code,
              LECTERN_INVALID_ARGUMENT);
}

TEST(Generator, DrawsTheSameWithTheSameSeed) {
    const Ask request{.user = "Tell a story.", .temperature = 1.5F, .top_p = 0.95F, .seed = 7};
    const Answer first = ask_afresh(request);
    EXPECT_EQ(ask_afresh(request).text, first.text);
    Ask other = request;
    other.seed = 8;
    EXPECT_NE(ask_afresh(other).text, first.text);
}

TEST(Generator, AMessageMayHoldNulBytesAndBrokenUtf8) {
    using namespace std::string_literals;
    EXPECT_EQ(outcome_of([] { ask({.user = "a\0b"s, .max_tokens = 2}); }).code, LECTERN_OK);
    EXPECT_EQ(outcome_of([] { ask({.user = "a\xFF\xC3"s, .max_tokens = 2}); }).code, LECTERN_OK);
    EXPECT_EQ(outcome_of([] { ask({.user = "", .max_tokens = 2}); }).code, LECTERN_OK);
    const std::string with_nul = "a\0bcd efg"s;
    const lectern_message cut = message(LECTERN_ROLE_USER, "a");
    const lectern_message whole = message(LECTERN_ROLE_USER, with_nul);
    EXPECT_GT(generator().count_tokens(&whole, 1), generator().count_tokens(&cut, 1) + 2);
}

TEST(Generator, ConcurrentCallersTakeTurns) {
    const Ask one{.user = "What is the capital of France?", .max_tokens = 12};
    const Ask two{.user = "What is the capital of Italy?", .max_tokens = 12};
    Answer first;
    Answer second;
    std::thread a([&] { first = ask(one); });
    std::thread b([&] { second = ask(two); });
    a.join();
    b.join();
    EXPECT_THAT(first.text, HasSubstr("Paris"));
    EXPECT_THAT(second.text, HasSubstr("Rome"));
}

}  // namespace
}  // namespace lectern::gpt
