#include "text/sentence_map.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace lectern::text {
namespace {

const std::vector<SentencePair> two{{{3, 24}, {3, 22}}, {{25, 65}, {23, 67}}};

TEST(SentenceMap, ReadsWhatItWrites) {
    EXPECT_EQ(write_sentence_map(two), "3 21 19 1 40 44");
    EXPECT_EQ(read_sentence_map("3 21 19 1 40 44", 65, 67), two);
    EXPECT_EQ(write_sentence_map({}), "");
    EXPECT_EQ(read_sentence_map("", 0, 0), std::vector<SentencePair>());
}

TEST(SentenceMap, RefusesWhatIsNone) {
    const std::string huge = std::to_string(std::numeric_limits<std::uint64_t>::max());
    for (const std::string& wrong :
         {std::string("x"), std::string("1 2"), std::string("1 2 3 "), std::string("1  2 3"),
          std::string("1 2 3 4"), std::string("-1 2 3"), std::string(" 1 2 3"),
          std::string("3 21 19 1 40 45"), std::string("3 21 19 1 41 44"), huge + " 1 1",
          "0 " + huge + " 1", "1 1 1 " + huge + huge + " 1 1"})
        EXPECT_FALSE(read_sentence_map(wrong, 65, 67)) << wrong;
}

TEST(SentenceMap, NamesTextsByTheirBytes) {
    EXPECT_EQ(text_name(""), "cbf29ce484222325");  // as the hash's authors have it
    EXPECT_EQ(text_name("a"), "af63dc4c8601ec8c");
    EXPECT_EQ(text_name("foobar"), "85944171f73967e8");
}

TEST(SentenceMap, FindsTheOriginalOfBytes) {
    struct Case {
        Range translation;
        std::optional<Range> original;
    };
    for (const Case& one : std::vector<Case>{{{5, 6}, Range{3, 24}},
                                             {{3, 22}, Range{3, 24}},
                                             {{22, 23}, std::nullopt},
                                             {{20, 30}, Range{3, 65}},
                                             {{66, 67}, Range{25, 65}},
                                             {{0, 3}, std::nullopt}})
        EXPECT_EQ(original_of(two, one.translation), one.original)
            << one.translation.begin << " to " << one.translation.end;
}

}  // namespace
}  // namespace lectern::text
