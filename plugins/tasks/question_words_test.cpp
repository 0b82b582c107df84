#include "plugins/tasks/question_words.hpp"

#include <gtest/gtest.h>

namespace lectern::tasks {
namespace {

TEST(QuestionWords, ShareAndWhatIsMissing) {
    struct {
        const char* question;
        const char* text;
        double share;
        std::size_t missing;
    } cases[] = {
        {"When did the Orion project start?", "Orion, a project, started in May.", 1, 0},
        {"When did the Vega project start?", "The Orion project started in May.", 2.0 / 3, 1},
        {"Where are the boats of Miller?", "Miller's boat is old.", 1, 0},
        {"What happened in 1874?", "It happened in 1875.", 0.5, 1},
        {"Why?", "Because.", 1, 0},
    };
    for (const auto& one : cases) {
        const auto found = QuestionWords(one.question).in(one.text);
        EXPECT_DOUBLE_EQ(found.share, one.share) << one.question;
        EXPECT_EQ(found.missing, one.missing) << one.question;
    }
}

}  // namespace
}  // namespace lectern::tasks
