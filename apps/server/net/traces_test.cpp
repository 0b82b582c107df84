// Traces with a collector that the test is itself.
#include "apps/server/net/traces.hpp"

#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "apps/server/net/request_record.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

const std::string caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

TEST(TraceContextTest, TheCallersSpanIsTheParentUnlessItIsNotSampled) {
    const struct {
        std::string header;
        const char* parent;
        bool sampled;
    } cases[] = {{caller + "01", "00f067aa0ba902b7", true},
                 {caller + "00", "00f067aa0ba902b7", false},
                 {caller + "03", "00f067aa0ba902b7", true},
                 {caller + "02", "00f067aa0ba902b7", false},
                 {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "", true},
                 {"", "", true},
                 {"nonsense", "", true}};
    for (const auto& each : cases) {
        const TraceContext context = trace_context_of(each.header);
        EXPECT_EQ(context.trace_id.size(), 32U);
        EXPECT_EQ(context.parent_id, each.parent) << each.header;
        EXPECT_EQ(context.sampled, each.sampled) << each.header;
    }
}

// https://github.com/open-telemetry/opentelemetry-proto, examples/trace.json, has the same names.
TEST(TracesTest, SpansAreWrittenAsCollectorsReadThem) {
    Span span{
        "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7",       "", "GET /x", true, true,
        1'544'712'660'300'000'000,          1'544'712'660'600'000'000};
    span.attributes = {{"a", "text"}, {"b", 7U}, {"c", 0.5}};
    const json::object got = otlp_json({span});
    const json::object& scope = got.at("resourceSpans").at(0).at("scopeSpans").at(0).as_object();
    EXPECT_EQ(scope.at("spans").at(0), json::parse(R"({
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7",
        "name": "GET /x", "kind": 2,
        "startTimeUnixNano": "1544712660300000000", "endTimeUnixNano": "1544712660600000000",
        "attributes": [{"key": "a", "value": {"stringValue": "text"}},
                       {"key": "b", "value": {"intValue": "7"}},
                       {"key": "c", "value": {"doubleValue": 0.5}}],
        "status": {"code": 2}})"));
    EXPECT_EQ(got.at("resourceSpans").at(0).at("resource").at("attributes").at(0),
              json::parse(R"({"key": "service.name", "value": {"stringValue": "lectern"}})"));
    span.parent_id = "1111111111111111";
    EXPECT_EQ(otlp_json({span})
                  .at("resourceSpans")
                  .at(0)
                  .at("scopeSpans")
                  .at(0)
                  .at("spans")
                  .at(0)
                  .at("parentSpanId"),
              "1111111111111111");
}

TEST(TracesTest, ARequestsPartsAreBelowIt) {
    using Steady = std::chrono::steady_clock;
    const Steady::time_point begun{1000s};
    RequestRecord record;
    record.begun = begun;
    record.status = 504;
    record.context = trace_context_of(caller + "01");
    record.failure = {{"code", "deadline_exceeded"}};
    record.work.push_back({"read", begun + 10ms, begun + 30ms, begun + 90ms});
    StageTiming stage;
    stage.stage = "vectors";
    stage.calls = 1;
    stage.items = 3;
    stage.busy_seconds = 0.02;
    record.observed.stages = {stage, stage};
    Request request;
    request.method = "POST";
    request.trace_id = record.context.trace_id;
    Router router;
    router.add({"POST", "/collections/{name}/search"});
    const auto match = router.find("POST", {"collections", "notes", "search"});
    const std::chrono::system_clock::time_point wall{1'700'000'000s};
    const std::vector<Span> spans = spans_of(record, request, match, nullptr, begun + 100ms, wall);
    ASSERT_EQ(spans.size(), 5U);
    const std::int64_t end = 1'700'000'000'000'000'000;
    const struct {
        const char* name;
        std::size_t parent;  // number of the span; 9: the caller's
        std::int64_t begun;  // milliseconds before the end
        std::int64_t ended;
    } expected[] = {{"POST /collections/{name}/search", 9, 100, 0},
                    {"wait for read", 0, 90, 70},
                    {"read", 0, 70, 10},
                    {"vectors", 2, 70, 50},
                    {"vectors", 2, 50, 30}};
    for (std::size_t i = 0; i < spans.size(); ++i) {
        EXPECT_EQ(spans[i].name, expected[i].name);
        EXPECT_EQ(spans[i].trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        EXPECT_EQ(spans[i].parent_id, expected[i].parent == 9 ? std::string("00f067aa0ba902b7")
                                                              : spans[expected[i].parent].span_id);
        EXPECT_EQ(spans[i].begun, end - expected[i].begun * 1'000'000) << i;
        EXPECT_EQ(spans[i].ended, end - expected[i].ended * 1'000'000) << i;
    }
    EXPECT_TRUE(spans[0].of_server);
    EXPECT_TRUE(spans[0].failed);
    EXPECT_EQ(spans[0].attributes.at("error.type"), "deadline_exceeded");
    EXPECT_EQ(spans[0].attributes.at("lectern.collection"), "notes");
}

std::vector<Span> some_spans(std::size_t count) {
    return std::vector<Span>(count, Span{"t", "s", "", "name"});
}

std::size_t spans_in(const std::string& body) {
    return json::parse(body)
        .at("resourceSpans")
        .at(0)
        .at("scopeSpans")
        .at(0)
        .at("spans")
        .as_array()
        .size();
}

TEST(TracesTest, AreSentTogetherAndTheRestAtTheEnd) {
    std::mutex mutex;
    std::vector<std::size_t> batches;
    std::promise<void> first;
    Traces traces;
    traces.open(
        [&](const std::string& body, const std::stop_token&) -> Result<unsigned> {
            const std::lock_guard lock(mutex);
            batches.push_back(spans_in(body));
            if (batches.size() == 1) first.set_value();
            return 200U;
        },
        1h);
    traces.add(some_spans(Traces::batch - 1));
    traces.add(some_spans(1));
    first.get_future().wait();
    traces.add(some_spans(3));
    traces.end();
    EXPECT_EQ(batches, (std::vector<std::size_t>{Traces::batch, 3}));
    EXPECT_EQ(traces.sent(), Traces::batch + 3);
    EXPECT_EQ(traces.dropped(), 0U);
    traces.add(some_spans(1));  // after the end: to nobody
}

TEST(TracesTest, ACollectorThatIsAwayIsSaidOnceAndHoldsUpNobody) {
    std::promise<void> asked;
    std::promise<void> answer;
    unsigned count = 0;
    testing::internal::CaptureStderr();
    {
        Traces traces;
        traces.open(
            [&](const std::string&, const std::stop_token&) -> Result<unsigned> {
                if (++count > 1) return count == 3 ? 200U : 503U;
                asked.set_value();
                answer.get_future().wait();  // a collector that hangs
                return Status{Code::deadline_exceeded, "no response"};
            },
            1ms);
        traces.add(some_spans(1));
        asked.get_future().wait();
        traces.add(some_spans(Traces::most_waiting + 5));  // not held up by it
        EXPECT_EQ(traces.dropped(), 5U);
        answer.set_value();
        while (traces.dropped() < Traces::most_waiting + 6) std::this_thread::yield();
        traces.add(some_spans(2));
        while (traces.sent() < 2) std::this_thread::yield();
    }
    const std::string log = testing::internal::GetCapturedStderr();
    const std::string away = "the collector takes no traces";
    ASSERT_NE(log.find(away), std::string::npos) << log;
    EXPECT_EQ(log.find(away), log.rfind(away)) << log;
    EXPECT_NE(log.find("takes traces again"), std::string::npos) << log;
}

TEST(TracesTest, AWrongAddressIsToldAndWithoutOneNothingIsKept) {
    Traces traces;
    EXPECT_EQ(traces.open("localhost:4318").code(), Code::invalid_argument);
    EXPECT_FALSE(traces.on());
    traces.add(some_spans(1));
    EXPECT_EQ(traces.dropped(), 0U);
}

}  // namespace
}  // namespace lectern::server
