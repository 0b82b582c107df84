#include "tests/support/child_process.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <string_view>
#include <system_error>

#include "system/process.hpp"

namespace lectern::test {
namespace {

constexpr std::string_view flag = "--role";

std::map<std::string, int (*)(const Words&)>& roles() {
    static std::map<std::string, int (*)(const Words&)> all;
    return all;
}

}  // namespace

Role::Role(const char* name, int (*play)(const Words&)) {
    roles()[name] = play;
}

pid_t start_role(const std::string& name, const Words& words, int close) {
    Words arguments{"test", std::string(flag), name};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::error_code error;
    sys::Process child = sys::Process::start(
        {.path = "/proc/self/exe", .words = arguments, .apart = false, .closed = {close}}, error);
    return error ? -1 : child.release();
}

}  // namespace lectern::test

int main(int argc, char** argv) {
    using namespace lectern::test;
    if (argc > 2 && argv[1] == flag) {
        const auto role = roles().find(argv[2]);
        if (role != roles().end()) return role->second(Words(argv + 3, argv + argc));
        std::fprintf(stderr, "there is no role %s\n", argv[2]);
        return 125;
    }
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
