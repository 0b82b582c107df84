#include "apps/crash/sqlite_rounds.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

namespace lectern::crash {

Status become_sqlite_rounds(unsigned kills, std::uint64_t seed, const std::filesystem::path& disk) {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return {Code::internal, "finding this program: " + error.message()};
    std::array<std::string, 8> words{
        "/usr/bin/python3",  // by which the interpreter finds itself, so that it can start others
        (program.parent_path() / sqlite_harness).lexically_normal().string(),
        "--kills",
        std::to_string(kills),
        "--seed",
        std::to_string(seed),
        "--folder=" + disk.string(),
        (program.parent_path() / sqlite_extension).lexically_normal().string()};
    for (const auto& file : {words[1], words[7]})
        if (!std::filesystem::exists(file, error))
            return {Code::not_found,
                    "'" + file + "' is not there, which --sqlite needs; install Lectern whole"};
    std::array<char*, 9> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    // The system's first: others were often built without extensions for SQLite.
    std::fflush(nullptr);
    // Nothing is written beside the installed files.
    ::setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    ::execv(arguments.front(), arguments.data());
    words.front() = "python3";
    arguments.front() = words.front().data();
    ::execvp(arguments.front(), arguments.data());
    return {Code::unavailable, "--sqlite needs python3, which cannot be started: " +
                                   std::generic_category().message(errno) +
                                   "; install it (Debian: python3)"};
}

}  // namespace lectern::crash
