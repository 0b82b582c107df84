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

namespace lectern::load {

Result<Process> Process::start(const std::filesystem::path& program,
                               const std::filesystem::path& folder,
                               std::vector<std::string> options) {
    std::vector<std::string> words{program.string(),           "serve",    "--data",
                                   (folder / "data").string(), "--listen", "127.0.0.1:0",
                                   "--no-access-log"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string log = (folder / "log").string();
    std::array<int, 2> out{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0) return Status{Code::internal, "no pipe"};
    const pid_t child = ::fork();
    if (child == 0) {  // only calls that are safe after a fork of a program with threads
        const int to = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(to, STDERR_FILENO);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(out[1]);
    std::string line;
    for (char byte = 0; child > 0 && ::read(out[0], &byte, 1) == 1 && byte != '\n';)
        line.push_back(byte);
    ::close(out[0]);
    const std::string before = "http://127.0.0.1:";
    const std::size_t at = line.find(before);
    if (at == std::string::npos) {
        if (child > 0) (void)Process(child, 0).end(SIGKILL);
        return Status{Code::unavailable, "'" + words[0] + " serve' did not start; see " + log};
    }
    return Process(child, static_cast<std::uint16_t>(
                              std::strtoul(line.c_str() + at + before.size(), nullptr, 10)));
}

Process::Process(Process&& other) noexcept
    : child_(std::exchange(other.child_, 0)), port_(other.port_) {}

Process::~Process() {
    if (child_ != 0) end(SIGKILL);
}

std::uint64_t Process::resident_bytes() const {
    std::ifstream statm("/proc/" + std::to_string(child_) + "/statm");  // proc(5)
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

int Process::end(int signal) {
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace lectern::load
