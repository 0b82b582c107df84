#include "system/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <string_view>

extern char** environ;  // POSIX declares it nowhere

namespace lectern::sys {
namespace {

std::error_code code_of(int error) {
    return {error, std::generic_category()};
}

class FileActions {
 public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] posix_spawn_file_actions_t* get() noexcept { return &actions_; }

 private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
    explicit Attributes(bool apart) {
        ::posix_spawnattr_init(&attributes_);
        if (!apart) return;
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        // A group of its own: the terminal's Ctrl-C is our business.
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
    posix_spawnattr_t attributes_{};
};

// As the system wants them: a list with NULL at its end.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
    std::vector<std::string> out;
    for (char** own = environ; own != nullptr && *own != nullptr; ++own)
        if (std::none_of(variables.begin(), variables.end(),
                         [&](const auto& other) { return name_of(other) == name_of(*own); }))
            out.emplace_back(*own);
    std::copy_if(variables.begin(), variables.end(), std::back_inserter(out),
                 [](const auto& one) { return one.find('=') != std::string::npos; });
    return out;
}

}  // namespace

Process Process::start(const Program& program, std::error_code& error) {
    FileActions actions;
    for (const int one : program.closed)
        if (one >= 0) ::posix_spawn_file_actions_addclose(actions.get(), one);
    int above = 0;  // the first number that is not given
    for (const Program::Given& one : program.descriptors) above = std::max(above, one.theirs + 1);
    // From numbers that none of those given has, so that none covers another.
    std::vector<Descriptor> sources;
    for (const Program::Given& one : program.descriptors) {
        sources.emplace_back(::fcntl(one.ours, F_DUPFD_CLOEXEC, above));
        if (!sources.back().is_open()) {
            error = code_of(errno);
            return {};
        }
        ::posix_spawn_file_actions_adddup2(actions.get(), sources.back().get(), one.theirs);
    }
    if (program.apart) ::posix_spawn_file_actions_addclosefrom_np(actions.get(), above);

    const Attributes attributes(program.apart);
    std::vector<std::string> words = program.words;
    std::vector<std::string> environment = environment_with(program.variables);
    Process out;
    out.apart_ = program.apart;
    error = code_of(::posix_spawnp(&out.id_, program.path.c_str(), actions.get(), attributes.get(),
                                   pointers_to(words).data(), pointers_to(environment).data()));
    if (error) out.id_ = 0;
    return out;
}

// By number: the C library's header of it is for C alone in Debian 12.
Descriptor Process::end() const noexcept {
    return Descriptor(id_ > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)) : -1);
}

std::optional<int> Process::ended(std::error_code& error) {
    error.clear();
    int status = 0;
    const pid_t found = ::waitpid(id_, &status, WNOHANG);
    if (found == 0 || (found < 0 && errno == EINTR)) return std::nullopt;
    if (found < 0) error = code_of(errno);
    id_ = 0;
    return status;
}

int Process::wait(std::error_code& error) {
    error.clear();
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0) {
        if (errno == EINTR) continue;
        error = code_of(errno);
        break;
    }
    id_ = 0;
    return status;
}

int Process::kill() {
    if (id_ <= 0) return 0;
    // It has not been waited for, so its number and its group's are still its own.
    if (apart_) ::kill(-id_, SIGKILL);
    ::kill(id_, SIGKILL);
    std::error_code lost;
    return wait(lost);
}

}  // namespace lectern::sys
