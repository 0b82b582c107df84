#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "plugins/remote/generator.hpp"

namespace lectern::remote {
namespace {

TEST(RemoteUrl, IsThatOfTheApiOrOfTheCompletions) {
    for (const char* url : {"http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/chat/completions"})
        EXPECT_EQ(completions_url(url), "http://h:1/v1/chat/completions");
    for (const char* wrong : {"", "h:1/v1", "ftp://h/v1", "http://", "http:///v1",
                              "file:///etc/passwd", "http://me:secret@h/v1", "http://h/v1?x=1"})
        EXPECT_THROW(completions_url(wrong), plugin::Failure) << wrong;
}

TEST(RemoteKey, ComesFromAFileOrTheEnvironment) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("lectern-key-" + std::to_string(::getpid()));
    std::ofstream(file) << " sk-1234 \nanother line\n";
    EXPECT_EQ(read_key(file, ""), "sk-1234");
    ::setenv("LECTERN_TEST_KEY", "sk-5\n", 1);
    EXPECT_EQ(read_key("", "LECTERN_TEST_KEY"), "sk-5");
    EXPECT_EQ(read_key("", ""), "");
    EXPECT_THROW(read_key(file, "LECTERN_TEST_KEY"), plugin::Failure);
    ::setenv("LECTERN_TEST_KEY", "a\r\nX-Other: b", 1);
    EXPECT_THROW(read_key("", "LECTERN_TEST_KEY"), plugin::Failure);
    ::unsetenv("LECTERN_TEST_KEY");
    EXPECT_THROW(read_key("", "LECTERN_TEST_KEY"), plugin::Failure);
    std::ofstream(file).close();
    EXPECT_THROW(read_key(file, ""), plugin::Failure);
    std::filesystem::remove(file);
    EXPECT_THROW(read_key(file, ""), plugin::Failure);
}

}  // namespace
}  // namespace lectern::remote
