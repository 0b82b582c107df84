#include "storage/store/kill_point.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace lectern::storage {
namespace {

// Runs this program again as a child that passes two places thrice each; gives how it ended.
int state_of_child(const std::string& armed) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("LECTERN_KILL_POINT", armed.c_str(), 1);
        ::setenv("LECTERN_KILL_POINT_CHILD", "1", 1);
        ::execl("/proc/self/exe", "storage_test", "--gtest_filter=KillPoint.PassesPlaces",
                "--gtest_brief=1", static_cast<char*>(nullptr));
        ::_exit(126);
    }
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    return state;
}

TEST(KillPoint, PassesPlaces) {
    for (int i = 0; i < 3; ++i) {
        kill_point("storage.before_write");
        kill_point("storage.after_write");
    }
    if (::getenv("LECTERN_KILL_POINT_CHILD") != nullptr) ::_exit(7);
}

TEST(KillPoint, EndsTheProcessAtTheNamedPlaceAndPassOnly) {
    for (const char* armed :
         {"storage.before_write", "storage.after_write@1", "storage.before_write@3"}) {
        const int state = state_of_child(armed);
        EXPECT_TRUE(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) << armed;
    }
    for (const char* armed : {"", "storage.before", "storage.before_write@4", "backup.during"}) {
        const int state = state_of_child(armed);
        EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 7) << armed;
    }
}

}  // namespace
}  // namespace lectern::storage
