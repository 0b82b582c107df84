#include "plugins/remote/event_lines.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lectern::remote {
namespace {

struct Case {
    const char* name;
    std::string stream;
    std::vector<std::string> events;
};

const std::vector<Case> cases = {
    {"OneEventAndTheEnd", "data: {\"a\":1}\n\ndata: [DONE]\n\n", {"{\"a\":1}", "[DONE]"}},
    {"CarriageReturns", "data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
    {"NoBlankBehindTheColon", "data:a\n\n", {"a"}},
    {"SeveralLinesAreOneEvent", "data: a\ndata: b\n\n", {"a\nb"}},
    {"CommentsAndOtherFieldsArePassedOver", ": ping\n\nevent: x\nid: 1\ndata: a\n\n", {"a"}},
    {"AnEventWithoutItsEmptyLine", "data: a\n\ndata: b", {"a", "b"}},
    {"Nothing", "", {}},
};

TEST(EventLines, AreReadInPiecesOfAnySize) {
    for (const Case& one : cases) {
        for (std::size_t size = 1; size <= one.stream.size() + 1; ++size) {
            std::vector<std::string> events;
            EventLines lines([&](std::string_view data) { events.emplace_back(data); });
            for (std::size_t at = 0; at < one.stream.size(); at += size)
                ASSERT_TRUE(lines.append(std::string_view(one.stream).substr(at, size)));
            lines.finish();
            EXPECT_EQ(events, one.events) << one.name << " in pieces of " << size;
        }
    }
}

TEST(EventLines, AnEndlessLineIsRefused) {
    EventLines lines([](std::string_view) { FAIL(); });
    const std::string piece(EventLines::most_bytes / 2, 'x');
    EXPECT_TRUE(lines.append(piece));
    EXPECT_TRUE(lines.append(piece));
    EXPECT_FALSE(lines.append("x"));
}

}  // namespace
}  // namespace lectern::remote
