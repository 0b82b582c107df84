#include "apps/cli/common.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>
#include <utility>

#include "apps/cli/standard_input.hpp"

namespace lectern::app {

void add_collection(CLI::App& command, Common& common) {
    command
        .add_option("-c,--collection", common.collection,
                    "The collection's folder, or opensearch://HOST…/NAME (docs/cluster.md)")
        ->required();
    add_folders(command, common);
}

void add_folders(CLI::App& command, Common& common) {
    command
        .add_option("--plugins", common.plugins,
                    "More plugin folders, searched first (see also LECTERN_PLUGINS)")
        ->check(CLI::ExistingDirectory)
        ->type_name("FOLDER")
        ->allow_extra_args(false);
    command.add_option("--models", common.models,
                       "The folder of models (default: LECTERN_MODELS, then the user's cache)");
    command.add_option("--threads", common.threads, "Threads for everything (0: all cores)")
        ->check(CLI::Range(0U, max_threads));
    command.add_flag("-v,--verbose", common.verbose, "Log everything to stderr");
}

void add_json(CLI::App& command, Common& common) {
    command.add_flag("--json", common.json, "One JSON object on stdout, nothing else");
}

void add_explain(CLI::App& command, Common& common) {
    command.add_flag("--explain", common.explain, "Print what each stage did");
}

void add_filter(CLI::App& command, std::string& filter) {
    command.add_option("--filter", filter,
                       "A condition on metadata: 'year >= 2020 and (source = \"x\" or tag in "
                       "(\"a\", \"b\"))'; see docs/filters.md");
}

Folders folders(const Common& common) {
    Folders out;
    for (const std::string& folder : common.plugins) out.plugins.emplace_back(folder);
    out.models = common.models;
    return out;
}

EngineOptions engine_options(const Common& common) {
    EngineOptions out;
    out.folders = folders(common);
    out.threads = common.threads;
    if (common.verbose)
        out.log = [](LogLevel, std::string_view source, std::string_view message) {
            std::cerr << "lectern: " << source << ": " << message << '\n';
        };
    return out;
}

Result<Collection> open_collection(const Common& common, bool create, bool load_models) {
    LECTERN_ASSIGN(const Engine engine, Engine::create(engine_options(common)));
    return engine.open(common.collection,
                       {.pipeline = common.pipeline, .create = create, .load_models = load_models});
}

namespace {
bool json_failures = false;
}  // namespace

void failures_are_json() {
    json_failures = true;
}

int fail(const Status& status) {
    std::cerr << "lectern: " << shown(status.message()) << std::endl;
    if (json_failures)
        print({{"error", api::clean(status.message())}, {"code", api::word(status.code())}});
    return Exit::failed;
}

void print(const boost::json::object& object) {
    std::cout << api::json_text(object) << std::endl;
}

void explain(const Common& common, const std::vector<StageTiming>& stages) {
    if (!common.explain) return;
    std::FILE* out = common.json ? stderr : stdout;
    std::fprintf(out, "\n%-16s %8s %8s %10s %6s %10s %10s\n", "stage", "calls", "items", "tokens",
                 "fill", "wait ms", "busy ms");
    for (const StageTiming& stage : stages)
        std::fprintf(out, "%-16s %8llu %8llu %10llu %5.0f%% %10.1f %10.1f\n", stage.stage.c_str(),
                     static_cast<unsigned long long>(stage.calls),
                     static_cast<unsigned long long>(stage.items),
                     static_cast<unsigned long long>(stage.tokens), stage.batch_fill * 100,
                     stage.wait_seconds * 1e3, stage.busy_seconds * 1e3);
}

void print_hints(const std::vector<std::string>& hints) {
    for (const std::string& hint : hints) std::cerr << "lectern: " << shown(hint) << '\n';
}

std::string shown(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : '\0');
        const bool first_set = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
        const bool second_set = byte == 0xC2 && next >= 0x80 && next < 0xA0;  // of two bytes
        if (first_set || second_set)
            out += "\uFFFD";
        else
            out.push_back(text[at]);
        if (second_set) ++at;
    }
    return out;
}

std::string snippet(std::string_view text, std::size_t bytes) {
    std::string out;
    bool space = false;
    for (const char c : shown(text)) {
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            space = !out.empty();
            continue;
        }
        const bool character = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        if (character && out.size() >= bytes) return out + "…";
        if (space) out.push_back(' ');
        space = false;
        out.push_back(c);
    }
    return out;
}

void print_sources(const std::vector<Citation>& citations, AnswerStatus status) {
    std::cout << "\n\n";
    for (const Citation& citation : citations)
        std::cout << "[" << citation.n << "] " << shown(citation.document) << ":" << citation.begin
                  << "-" << citation.end
                  << (citation.place.empty() ? "" : ", " + shown(citation.place.text)) << "  \""
                  << snippet(citation.quote, 300) << "\"\n";
    std::cout << "(" << name(status) << ")" << std::endl;
}

Result<std::string> query_text(const std::string& given, const std::stop_token& stop) {
    if (given != "-") return given;
    // Enough to say that it is too long; the engine's limit is far lower.
    constexpr std::size_t most = 16U << 20U;
    std::string text;
    LECTERN_TRY(read_standard_input(stop, [&](std::string_view piece) -> Result<bool> {
        text += piece.substr(0, most - text.size());
        return text.size() < most;
    }));
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

void keep_standard_descriptors() {
    // Of another access than theirs, so that using them is an error and not a silence.
    for (const auto& [descriptor, access] :
         {std::pair{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_RDONLY}})
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            (void)::open("/dev/null", access);  // the lowest that is free: this one
}

namespace {

// The handler only writes a byte here: threads of libraries, which began before main, may be the
// ones that a signal interrupts.
int signal_pipe[2] = {-1, -1};

void note_signal(int signal) {
    const int kept = errno;
    const auto byte = static_cast<unsigned char>(signal);
    if (::write(signal_pipe[1], &byte, 1) != 1) ::_exit(128 + signal);
    errno = kept;
}

// The next signal; waits for it.
int wait_for_signal() {
    unsigned char byte = 0;
    while (::read(signal_pipe[0], &byte, 1) < 0 && errno == EINTR) {
    }
    return byte;
}

}  // namespace

std::stop_token stop_on_interrupt() {
    static std::stop_source source;
    static const bool waiting = [] {
        if (::pipe2(signal_pipe, O_CLOEXEC) != 0) return false;  // Ctrl-C ends at once, then
        std::thread([] {
            (void)wait_for_signal();
            source.request_stop();
            std::cerr << "\nlectern: stopping; what is stored stays. Once more ends at once."
                      << std::endl;
            ::_exit(128 + wait_for_signal());
        }).detach();
        struct sigaction action {};
        action.sa_handler = &note_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
        return true;
    }();
    (void)waiting;
    return source.get_token();
}

bool terminal(int descriptor) {
    return ::isatty(descriptor) != 0;
}

}  // namespace lectern::app
