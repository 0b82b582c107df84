#include "tests/load/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "system/descriptor.hpp"

namespace lectern::load {

Result<Process> Process::start(const std::filesystem::path& program,
                               const std::filesystem::path& folder,
                               std::vector<std::string> options) {
    std::vector<std::string> words{program.string(),           "serve",    "--data",
                                   (folder / "data").string(), "--listen", "127.0.0.1:0",
                                   "--no-access-log"};
    words.insert(words.end(), options.begin(), options.end());
    const std::string log = (folder / "log").string();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Status{Code::internal, "no pipe"};
    const sys::Descriptor out(ends[0]);
    sys::Descriptor theirs(ends[1]);
    const sys::Descriptor to(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    std::error_code error;
    sys::Process child =
        sys::Process::start({.path = words.front(),
                             .words = words,
                             .descriptors = {{STDIN_FILENO, 0}, {theirs.get(), 1}, {to.get(), 2}}},
                            error);
    theirs.close();
    std::string line;
    for (char byte = 0; !error && ::read(out.get(), &byte, 1) == 1 && byte != '\n';)
        line.push_back(byte);
    const std::string before = "http://127.0.0.1:";
    const std::size_t at = line.find(before);
    if (at == std::string::npos)
        return Status{Code::unavailable, "'" + words[0] + " serve' did not start; see " + log};
    return Process(std::move(child), static_cast<std::uint16_t>(std::strtoul(
                                         line.c_str() + at + before.size(), nullptr, 10)));
}

std::uint64_t Process::resident_bytes() const {
    std::ifstream statm("/proc/" + std::to_string(child_.id()) + "/statm");  // proc(5)
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

int Process::end(int signal) {
    ::kill(child_.id(), signal);
    std::error_code lost;
    const int status = child_.wait(lost);
    return !lost && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace lectern::load
