#include "documents/program_ahead.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <thread>

#include "documents/extracted.hpp"
#include "system/descriptor.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::documents {
namespace {

using testing::EndsWith;

// A program that tells its number where it starts, through a FIFO, and in what it writes.
class ProgramAheadTest : public testing::Test {
 protected:
    ProgramAheadTest() {
        EXPECT_EQ(::mkfifo(fifo_.c_str(), 0600), 0);
        // For reading and writing, so that neither end waits for the other.
        started_ = sys::Descriptor(::open(fifo_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    }

    // The number of the next one that started, or 0 when none does.
    pid_t started(int patience = 20000) {
        std::string number;
        for (;;) {
            pollfd wait{started_.get(), POLLIN, 0};
            char one = 0;
            if (::poll(&wait, 1, patience) != 1 || ::read(started_.get(), &one, 1) != 1) return 0;
            if (one == '\n') return std::stoi(number);
            number += one;
        }
    }

    // The number of the one that ran.
    pid_t ran(ProgramAhead& ahead) {
        const ProcessOutput output = ahead.run(arguments_, " is its number", {});
        EXPECT_EQ(output.exit_code, 0);
        EXPECT_THAT(output.out, EndsWith(" is its number"));
        return output.out.empty() ? 0 : std::stoi(output.out);
    }

    // Two inputs: the number of the program that waits for a third.
    pid_t waits_after_two(ProgramAhead& ahead) {
        const pid_t first = ran(ahead);
        EXPECT_EQ(started(), first);
        EXPECT_EQ(started(0), 0) << "one input alone starts no second program";
        return waits_beside(ran(ahead));
    }

    // Of two that start at about the same time the other one.
    pid_t waits_beside(pid_t number) {
        const pid_t one = started();
        const pid_t other = started();
        EXPECT_TRUE(one == number || other == number);
        return one == number ? other : one;
    }

    // Waits until it has ended, and leaves it to be waited for.
    static bool has_ended(pid_t number) {
        siginfo_t how{};
        return ::waitid(P_PID, static_cast<id_t>(number), &how, WEXITED | WNOWAIT) == 0;
    }

    TestFolder folder_;
    std::string fifo_ = (folder_.path() / "started").string();
    std::vector<std::string> arguments_{"sh", "-c", "echo $$ > \"$1\"; printf $$; exec cat", "sh",
                                        fifo_};
    sys::Descriptor started_;
};

TEST_F(ProgramAheadTest, FromTheSecondInputOnTheNextProgramWaits) {
    ProgramAhead ahead;
    pid_t waits = waits_after_two(ahead);
    for (int i = 0; i < 3; ++i) {
        ASSERT_NE(waits, 0);
        EXPECT_EQ(ran(ahead), waits);
        waits = started();
    }
}

TEST_F(ProgramAheadTest, OneThatHasEndedIsNotUsed) {
    ProgramAhead ahead;
    const pid_t waits = waits_after_two(ahead);
    ASSERT_NE(waits, 0);
    ::kill(waits, SIGKILL);
    ASSERT_TRUE(has_ended(waits));
    EXPECT_NE(ran(ahead), waits);
}

TEST_F(ProgramAheadTest, OneThatWaitsForOtherArgumentsIsNotUsed) {
    ProgramAhead ahead;
    ASSERT_NE(waits_after_two(ahead), 0);
    EXPECT_EQ(ahead.run({"cat"}, "other", {}).out, "other");
}

TEST_F(ProgramAheadTest, InputsThatAreFarApartStartNoneAhead) {
    ProgramAhead ahead(std::chrono::milliseconds(0));
    for (int i = 0; i < 3; ++i) {
        const pid_t number = ran(ahead);
        EXPECT_EQ(started(), number);
        EXPECT_EQ(started(0), 0);
    }
}

TEST_F(ProgramAheadTest, OneThatWaitsInVainEndsByItself) {
    StartedProgram program(arguments_, {}, std::chrono::milliseconds(20));
    const pid_t number = started();
    ASSERT_NE(number, 0);
    EXPECT_TRUE(has_ended(number));
    EXPECT_TRUE(program.ended());
}

TEST_F(ProgramAheadTest, NoneStaysBehind) {
    pid_t waits = 0;
    {
        ProgramAhead ahead;
        waits = waits_after_two(ahead);
        ASSERT_NE(waits, 0);
    }
    EXPECT_EQ(::kill(waits, 0), -1);
}

TEST(ProgramAhead, GivesEachThreadItsOwnOutput) {
    ProgramAhead ahead;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&ahead, i] {
            for (int k = 0; k < 20; ++k) {
                const std::string input(static_cast<std::size_t>(100000 + k),
                                        static_cast<char>('a' + i));
                EXPECT_EQ(ahead.run({"cat"}, input, {}).out, input);
            }
        });
    for (std::thread& thread : threads) thread.join();
}

TEST(ProgramAhead, AMissingProgramIsSaidEachTime) {
    ProgramAhead ahead;
    for (int i = 0; i < 3; ++i) {
        try {
            static_cast<void>(ahead.run({"no-such-program-here"}, "", {}));
            ADD_FAILURE() << "it ran";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code(), LECTERN_UNAVAILABLE);
        }
    }
}

}  // namespace
}  // namespace lectern::documents
