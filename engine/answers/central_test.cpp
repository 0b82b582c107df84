#include "engine/answers/central.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CentralRows, NearTheCentreAndUnlikeEachOther) {
    // Two rows on one thing, the same twice, and one on another; one that stands alone.
    const std::vector<float> vectors{0.8F, 0.6F, 0,     // 0
                                     0.8F, 0.6F, 0,     // 1, says it again
                                     0.6F, 0.8F, 0,     // 2
                                     0,    0,    1.0F,  // 3, off the subject
                                     0.6F, 0.8F, 0};    // 4, says 2 again
    EXPECT_THAT(central_rows(vectors, 3, 1), ElementsAre(0));
    EXPECT_THAT(central_rows(vectors, 3, 2), ElementsAre(0, 2)) << "not the repetition";
    EXPECT_THAT(central_rows(vectors, 3, 9), ElementsAre(0, 1, 2, 3, 4)) << "in order of the text";
}

TEST(CentralRows, NothingOfNothing) {
    EXPECT_THAT(central_rows({}, 3, 2), IsEmpty());
    EXPECT_THAT(central_rows({}, 0, 2), IsEmpty());
    EXPECT_THAT(central_rows(std::vector<float>{1, 0}, 2, 0), IsEmpty());
}

}  // namespace
}  // namespace lectern
