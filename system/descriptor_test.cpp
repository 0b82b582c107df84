#include "system/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace lectern::sys {
namespace {

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) >= 0;
}

int opened() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(Descriptor, IsClosedAtTheEndOfItsLifeAndKeepsErrno) {
    int number = -1;
    {
        const Descriptor one(opened());
        ASSERT_TRUE(one.is_open());
        number = one.get();
        errno = ENOSPC;
    }
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, MovesWithItsFile) {
    Descriptor first(opened());
    const int number = first.get();
    Descriptor second(std::move(first));
    EXPECT_EQ(second.get(), number);
    Descriptor third;
    EXPECT_FALSE(third.is_open());
    third = std::move(second);
    EXPECT_EQ(third.get(), number);
    EXPECT_TRUE(is_open(number));
    third.close();
    EXPECT_FALSE(third.is_open());
    EXPECT_FALSE(is_open(number));
    third.close();  // nothing is left to close
}

}  // namespace
}  // namespace lectern::sys
