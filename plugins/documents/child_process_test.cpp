#include "documents/child_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

using testing::HasSubstr;

lectern_code code_of(const std::vector<std::string>& arguments, std::string_view input,
                     const ProcessLimits& limits) {
    try {
        static_cast<void>(run(arguments, input, limits));
    } catch (const Failure& failure) {
        return failure.code();
    }
    return LECTERN_OK;
}

TEST(ChildProcess, GivesBytesToAProgramAndTakesItsOutput) {
    std::string input;
    for (int i = 0; i < 300000; ++i) input += "line " + std::to_string(i) + "\n";
    const ProcessOutput output = run({"cat"}, input, {});
    EXPECT_EQ(output.exit_code, 0);
    EXPECT_EQ(output.out, input);
}

TEST(ChildProcess, ExitCodeSignalAndStandardError) {
    const ProcessOutput failed = run({"sh", "-c", "echo out; echo why >&2; exit 3"}, "", {});
    EXPECT_EQ(failed.exit_code, 3);
    EXPECT_EQ(failed.out, "out\n");
    EXPECT_EQ(failed.err, "why\n");
    EXPECT_EQ(run({"sh", "-c", "kill -SEGV $$"}, "", {}).signal, 11);
}

TEST(ChildProcess, StandardErrorIsCutAndNeverBlocks) {
    const ProcessOutput output =
        run({"sh", "-c", "head -c 1000000 /dev/zero >&2; echo done"}, "", {});
    EXPECT_EQ(output.out, "done\n");
    EXPECT_EQ(output.err.size(), 4096U);
}

TEST(ChildProcess, AProgramThatDoesNotReadItsInput) {
    const std::string input(std::size_t{4} << 20, 'x');
    EXPECT_EQ(run({"sh", "-c", "exec 0<&-; echo done"}, input, {}).out, "done\n");
}

TEST(ChildProcess, MissingPrograms) {
    EXPECT_EQ(code_of({"no-such-program-here"}, "", {}), LECTERN_UNAVAILABLE);
    EXPECT_EQ(code_of({"/dev/null"}, "", {}), LECTERN_UNAVAILABLE);
}

TEST(ChildProcess, LimitsOfTimeOutputMemoryAndPatience) {
    ProcessLimits limits;
    limits.time = std::chrono::milliseconds(100);
    EXPECT_EQ(code_of({"sleep", "60"}, "", limits), LECTERN_DEADLINE_EXCEEDED);
    EXPECT_EQ(code_of({"sh", "-c", "exec >&- 2>&-; sleep 60"}, "", limits),
              LECTERN_DEADLINE_EXCEEDED);

    limits = {};
    limits.output_bytes = 1000;
    EXPECT_EQ(code_of({"yes"}, "", limits), LECTERN_RESOURCE_EXHAUSTED);

    limits = {};
    limits.cancelled = [] { return true; };
    EXPECT_EQ(code_of({"sleep", "60"}, "", limits), LECTERN_CANCELLED);

    limits = {};
    limits.memory_bytes = std::size_t{64} << 20;
    const ProcessOutput output = run(
        {"sh", "-c", "read line; exec head -c 200M /dev/zero | tail -n 1 | wc -c"}, "go\n", limits);
    EXPECT_NE(output.out, "209715200\n") << "tail keeps the line in memory, and must not";
    EXPECT_THAT(output.err, HasSubstr("memory"));
}

}  // namespace
}  // namespace lectern::documents
