// lectern-probe: tries one plugin, so that one that crashes or hangs takes only this process along.
//
//     lectern-probe PLUGIN.so MODELS CACHE      reports on file descriptor 3 (see probe.hpp)
//
// Exit code: 0 when a result was reported (good or bad), 2 when it was called wrongly.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "engine/plugin_host/loaded_plugin.hpp"
#include "engine/plugin_host/probe.hpp"

// The sanitizers' own signal handlers would turn a crash into an exit, and what a plugin leaks at
// init is not this program's matter.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
           "detect_leaks=0";
}
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0";
}
extern "C" __attribute__((visibility("default"))) const char* __ubsan_default_options() {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0";
}
// NOLINTEND(bugprone-reserved-identifier)

namespace {

using namespace lectern;
using namespace lectern::host;

void report(std::string line) {
    line += '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t written = ::write(probe_report_fd, rest.data(), rest.size());
        if (written <= 0) return;  // the parent has gone
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

Verdict refused(std::string name, std::string reason, bool lasting) {
    Verdict verdict;
    verdict.name = std::move(name);
    verdict.reason = std::move(reason);
    verdict.lasting = lasting;
    return verdict;
}

Verdict try_plugin(const char* path, const char* models, const char* cache) {
    report(probe_loading);
    LibraryFailure failure;
    Result<Library> library = open_library(path, failure);
    if (!library) return refused(failure.name, failure.reason, failure.lasting);

    const auto services = std::make_shared<const HostServices>(LogFunction{}, 1U, models, cache);
    const HostFace face(library->info.name, services);
    report(probe_init);
    if (const Status status = initialise(*library->entry, face.get(), {}); !status)
        return refused(library->info.name, status.message(), false);
    report(probe_deinit);
    if (library->entry->deinit != nullptr) library->entry->deinit();

    Verdict verdict;
    verdict.usable = true;
    verdict.info = std::move(library->info);
    return verdict;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 || ::fcntl(probe_report_fd, F_GETFD) < 0) {
        std::fputs("lectern-probe is run by Lectern to try a plugin; try 'lectern plugins'\n",
                   stderr);
        return 2;
    }
    // No core files of plugins that crash, and no orphan when the parent is killed.
    constexpr rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Verdict verdict;
    try {
        verdict = try_plugin(argv[1], argv[2], argv[3]);
    } catch (const std::exception& error) {
        verdict = refused("", std::string("trying it failed: ") + error.what(), false);
    }
    report(probe_result + boost::json::serialize(to_json(verdict)));
    // Not exit(): the handlers of a plugin's libraries have had no say yet, and need none.
    ::_exit(0);
}
