#include "system/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "system/descriptor.hpp"

namespace lectern::sys {
namespace {

struct Ends {
    Descriptor read;
    Descriptor write;
};

Ends make_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string all_of(const Descriptor& from) {
    std::string out;
    std::array<char, 256> piece{};
    for (ssize_t got = 0; (got = ::read(from.get(), piece.data(), piece.size())) > 0;)
        out.append(piece.data(), static_cast<std::size_t>(got));
    return out;
}

// What a shell command writes.
std::string output_of(Program program, const std::string& command, int& status) {
    Ends ends = make_pipe();
    program.path = "sh";
    program.words = {"sh", "-c", command};
    program.descriptors.push_back({ends.write.get(), 1});
    std::error_code error;
    Process process = Process::start(program, error);
    EXPECT_FALSE(error) << error.message();
    ends.write.close();
    std::string out = all_of(ends.read);
    status = process.wait(error);
    EXPECT_FALSE(error) << error.message();
    EXPECT_EQ(process.id(), 0);
    return out;
}

TEST(Process, TellsWhatItWritesAndHowItEnds) {
    int status = 0;
    EXPECT_EQ(output_of({}, "echo here; exit 7", status), "here\n");
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Process, ItsEndCanBePolledFor) {
    Ends ends = make_pipe();
    std::error_code error;
    // Not `cat`: it ends at once where it has nothing to write to.
    Process process = Process::start(
        {.path = "sh", .words = {"sh", "-c", "read line"}, .descriptors = {{ends.read.get(), 0}}},
        error);
    ASSERT_FALSE(error) << error.message();
    const Descriptor end = process.end();
    if (!end.is_open()) GTEST_SKIP() << "this system has no descriptors of processes";
    pollfd wait{end.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&wait, 1, 0), 0) << "it waits for its input";
    ends.write.close();
    EXPECT_EQ(::poll(&wait, 1, -1), 1);
    EXPECT_TRUE(process.ended(error).has_value());
    EXPECT_FALSE(Process().end().is_open());
}

TEST(Process, HasVariablesBesideOursAndInTheirPlace) {
    ::setenv("LECTERN_TEST_KEPT", "kept", 1);        // NOLINT(concurrency-mt-unsafe)
    ::setenv("LECTERN_TEST_OTHER", "before", 1);     // NOLINT(concurrency-mt-unsafe)
    ::setenv("LECTERN_TEST_AWAY", "still here", 1);  // NOLINT(concurrency-mt-unsafe)
    int status = 0;
    EXPECT_EQ(
        output_of({.path = {},
                   .words = {},
                   .variables = {"LECTERN_TEST_OTHER=after", "LECTERN_TEST_AWAY"}},
                  "echo $LECTERN_TEST_KEPT $LECTERN_TEST_OTHER ${LECTERN_TEST_AWAY-none}", status),
        "kept after none\n");
}

// The numbers that it gets are taken by the other file here.
TEST(Process, FilesMayChangePlaces) {
    Ends first = make_pipe();
    Ends second = make_pipe();
    const Descriptor low(::fcntl(first.write.get(), F_DUPFD_CLOEXEC, 20));
    const Descriptor high(::fcntl(second.write.get(), F_DUPFD_CLOEXEC, 21));
    std::error_code error;
    Process process =
        Process::start({.path = "bash",
                        .words = {"bash", "-c",
                                  "echo first >&" + std::to_string(high.get()) +
                                      "; echo second >&" + std::to_string(low.get())},
                        .descriptors = {{low.get(), high.get()}, {high.get(), low.get()}}},
                       error);
    ASSERT_FALSE(error) << error.message();
    (void)process.wait(error);
    first.write.close();
    second.write.close();
    // Ours are still open for writing: as many bytes as there are, not to the end.
    std::array<char, 32> piece{};
    EXPECT_EQ(::read(first.read.get(), piece.data(), piece.size()), 6);
    EXPECT_EQ(std::string_view(piece.data(), 6), "first\n");
    EXPECT_EQ(::read(second.read.get(), piece.data(), piece.size()), 7);
    EXPECT_EQ(std::string_view(piece.data(), 7), "second\n");
}

TEST(Process, ApartHasNoOtherFilesAndItsOwnGroup) {
    const Descriptor ours(::open("/dev/null", O_RDONLY));  // not close-on-exec
    const std::string command =
        "[ -e /proc/self/fd/" + std::to_string(ours.get()) + " ] && echo open || echo closed";
    int status = 0;
    EXPECT_EQ(output_of({}, command, status), "closed\n");
    EXPECT_EQ(output_of({.path = {}, .words = {}, .apart = false}, command, status), "open\n");
    EXPECT_EQ(output_of({.path = {}, .words = {}, .apart = false, .closed = {ours.get(), -1}},
                        command, status),
              "closed\n");
}

TEST(Process, SaysWhyItDidNotStart) {
    std::error_code error;
    EXPECT_EQ(Process::start({.path = "no-such-program", .words = {"x"}}, error).id(), 0);
    EXPECT_EQ(error, std::errc::no_such_file_or_directory);
    EXPECT_EQ(Process::start({.path = "/", .words = {"x"}}, error).id(), 0);
    EXPECT_EQ(error, std::errc::permission_denied);
}

TEST(Process, IsKilledWithItsGroupAndWaitedFor) {
    Ends ends = make_pipe();
    std::error_code error;
    pid_t id = 0;
    {
        // Two that wait for ever; both hold the pipe.
        Process process = Process::start({.path = "sh",
                                          .words = {"sh", "-c", "sleep 1000 & echo up; sleep 1000"},
                                          .descriptors = {{ends.write.get(), 1}}},
                                         error);
        ASSERT_FALSE(error) << error.message();
        ends.write.close();
        char byte = 0;
        ASSERT_EQ(::read(ends.read.get(), &byte, 1), 1);
        EXPECT_FALSE(process.ended(error).has_value());
        Process moved = std::move(process);
        EXPECT_EQ(process.id(), 0);  // NOLINT(bugprone-use-after-move)
        id = moved.id();
        ASSERT_GT(id, 0);
    }
    EXPECT_EQ(all_of(ends.read), "p\n");  // the end comes: nobody holds it any more
    EXPECT_EQ(::kill(id, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(Process, KillTellsHowItEnded) {
    std::error_code error;
    Process process = Process::start({.path = "sleep", .words = {"sleep", "1000"}}, error);
    ASSERT_FALSE(error) << error.message();
    const int status = process.kill();
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    EXPECT_EQ(process.kill(), 0);  // there is nothing to kill
}

}  // namespace
}  // namespace lectern::sys
