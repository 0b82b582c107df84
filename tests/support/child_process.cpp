#include "tests/support/child_process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <string_view>

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
    // Everything that the child needs is made before the fork.
    Words arguments{"test", std::string(flag), name};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (std::string& one : arguments) pointers.push_back(one.data());
    pointers.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        if (close >= 0) ::close(close);
        ::execv("/proc/self/exe", pointers.data());
        ::_exit(126);
    }
    return child;
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
