// lectern serve: the HTTP server.
#include <pthread.h>

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <thread>

#include "apps/cli/common.hpp"
#include "apps/server/net/notify.hpp"
#include "apps/server/net/server.hpp"
#include "apps/server/work/log.hpp"
#include "lectern/running.hpp"

namespace lectern::app {
namespace {

struct Serve {
    Common common;
    server::ServerOptions options;
    std::string config;
    bool no_access_log = false;
    std::uint64_t slow = 1000;         // milliseconds
    std::uint64_t queue_wait = 10000;  // milliseconds
    std::uint64_t drain = 30;          // seconds
    CLI::App* command = nullptr;
};

// The file's options, where the command line has none of that name. TOML: `listen = "[::]:443"`.
Status read_config(const Serve& serve) {
    if (serve.config.empty()) return {};
    try {
        for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_file(serve.config)) {
            if (item.name == "++" || item.name == "--") continue;  // a section begins or ends
            CLI::Option* option = serve.command->get_option_no_throw("--" + item.name);
            if (option == nullptr || !item.parents.empty() || item.name == "config" ||
                item.name == "help")
                return {Code::invalid_argument, serve.config + ": '" + item.fullname() +
                                                    "' is no option of 'lectern serve'"};
            if (option->count() > 0) continue;
            if (option->get_expected_max() == 0) {  // a flag: true or false
                if (item.inputs.size() != 1 ||
                    (item.inputs.front() != "true" && item.inputs.front() != "false"))
                    return {Code::invalid_argument,
                            serve.config + ": '" + item.name + "' must be true or false"};
                if (item.inputs.front() == "false") continue;
            }
            option->add_result(item.inputs);
            option->run_callback();
        }
    } catch (const CLI::Error& error) {
        return {Code::invalid_argument, serve.config + ": " + error.what()};
    }
    return {};
}

// When a file was; of none, always the same.
std::filesystem::file_time_type written(const std::string& file) {
    std::error_code none;
    return std::filesystem::last_write_time(file, none);
}

pthread_t signal_thread;  // that waits for signals; set before any is passed on

// Blocks the signals in this thread, which waits for them, and in all that are made from now on.
// Threads that a library made as it was loaded (OpenBLAS's) have them not blocked: they are given
// what comes while this thread is busy with the signal before, and would end the program.
sigset_t take_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    signal_thread = pthread_self();
    struct sigaction pass_on {};
    pass_on.sa_handler = [](int signal) { pthread_kill(signal_thread, signal); };
    pass_on.sa_flags = SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &pass_on, nullptr);
    return signals;
}

// Ends the process when it does not end by itself after the drain time: a stage of a plugin may
// never come back, and nobody else can end it.
class LastResort {
 public:
    explicit LastResort(std::chrono::seconds drain)
        : thread_([this, until = std::chrono::steady_clock::now() + drain + beyond] {
              std::unique_lock lock(mutex_);
              if (ended_.wait_until(lock, until, [this] { return done_; })) return;
              std::string what = "the process ends without waiting any longer";
              if (const auto calls = running_calls(); !calls.empty())
                  what = calls.front().stage + " has not come back from its " +
                         calls.front().function + " for " +
                         std::to_string(static_cast<long>(calls.front().since.count())) + " s; " +
                         what;
              server::log_line(LogLevel::error, what);
              ::_exit(Exit::failed);
          }) {}
    LastResort(const LastResort&) = delete;
    LastResort& operator=(const LastResort&) = delete;
    ~LastResort() {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        ended_.notify_all();
        thread_.join();
    }

 private:
    // What the server takes itself to ask for a stop and to close its connections.
    static constexpr std::chrono::seconds beyond{7};
    std::mutex mutex_;
    std::condition_variable ended_;
    bool done_ = false;
    std::thread thread_;
};

int run(Serve& serve) {
    const sigset_t signals = take_signals();
    std::signal(SIGPIPE, SIG_IGN);

    const auto configured = written(serve.config);
    if (const Status bad = read_config(serve); !bad.ok()) return fail(bad);
    server::ServerOptions& options = serve.options;
    options.open.pipeline = serve.common.pipeline;
    options.engine = engine_options(serve.common);
    options.engine.log =
        server::engine_log(serve.common.verbose ? LogLevel::debug : LogLevel::warning);
    options.access_log = !serve.no_access_log;
    options.slow = std::chrono::milliseconds(serve.slow);
    options.limits.queue_wait = std::chrono::milliseconds(serve.queue_wait);
    options.limits.drain_time = std::chrono::seconds(serve.drain);
    const bool tls = !options.tls_certificate.empty();
    const std::string host = options.listen.substr(0, options.listen.rfind(':'));
    const std::string data = options.data.string();

    auto started = server::Server::start(options);
    if (!started) return fail(started.status());
    server::Server& server = **started;
    std::cout << "lectern listens on " << (tls ? "https://" : "http://") << host << ":"
              << server.port() << ", data in " << data << std::endl;
    server::log_line(LogLevel::info, "listening",
                     {{"version", version()},
                      {"address", api::clean(host + ":" + std::to_string(server.port()))},
                      {"data", api::clean(data)},
                      {"tls", tls},
                      {"keys", !options.keys.empty()}});
    server::notify_service_manager("READY=1");
    for (int signal = 0; sigwait(&signals, &signal) == 0;) {
        if (signal != SIGHUP) break;
        (void)server.reload();
        if (written(serve.config) != configured)
            server::log_line(LogLevel::warning, "'" + serve.config +
                                                    "' has changed; its options are taken up by "
                                                    "the next start");
    }
    server::log_line(LogLevel::info, "draining");
    server::notify_service_manager("STOPPING=1");
    {
        const LastResort last_resort(options.limits.drain_time);
        server.drain();
        server.wait();
        started->reset();
    }
    server::log_line(LogLevel::info, "stopped");
    return Exit::done;
}

void add_limits(CLI::App& command, Serve& serve) {
    server::Limits& limits = serve.options.limits;
    command.add_option("--max-body", limits.body, "Most bytes of a request's body")
        ->transform(CLI::AsSizeValue(false))
        ->capture_default_str();
    command.add_option("--max-bulk", limits.bulk, "Most bytes of a streamed body")
        ->transform(CLI::AsSizeValue(false))
        ->capture_default_str();
    command.add_option("--max-connections", limits.connections, "Most open connections")
        ->capture_default_str();
    command.add_option("--max-requests", limits.requests, "Most requests at once")
        ->capture_default_str();
    command
        .add_option("--max-requests-per-key", limits.requests_per_key,
                    "Most requests at once of one key")
        ->capture_default_str();
    command
        .add_option("--max-requests-per-minute", limits.requests_per_minute,
                    "Most requests of one key in a minute (without keys: of all); 0: no limit")
        ->capture_default_str();
    command.add_option("--max-k", limits.k, "Most hits of a search")->capture_default_str();
    command.add_option("--max-tokens", limits.tokens, "Most tokens of one generation")
        ->capture_default_str();
    command.add_option("--queue", limits.queue, "Most requests that wait for one kind of worker")
        ->capture_default_str();
    command.add_option("--queue-wait", serve.queue_wait, "Longest wait for a worker, milliseconds")
        ->capture_default_str();
    command.add_option("--drain", serve.drain, "Seconds for running requests after SIGTERM")
        ->capture_default_str();
}

}  // namespace

void add_serve(CLI::App& program, Run& run_command) {
    auto serve = std::make_shared<Serve>();
    CLI::App& command =
        *program.add_subcommand("serve", "Serve collections over HTTP (see docs/server.md)");
    serve->command = &command;
    server::ServerOptions& options = serve->options;
    command
        .add_option("--data", options.data,
                    "The folder of collections, or opensearch://HOST… for those of a cluster")
        ->capture_default_str();
    command.add_option("--listen", options.listen, "ADDRESS:PORT; port 0 takes any that is free")
        ->capture_default_str();
    command.add_option("--config", serve->config,
                       "A TOML file with these options, each without its dashes");
    command.add_option("--keys", options.keys, "The file of API keys (see 'lectern key')");
    command.add_flag("--insecure", options.insecure,
                     "Listen on any address without keys: whoever reaches it may do everything");
    command.add_option("--tls-certificate", options.tls_certificate, "PEM file, the whole chain");
    command.add_option("--tls-key", options.tls_key, "PEM file, its private key");
    command.add_option("--cors-origin", options.cors_origins,
                       "Pages of this origin may call the server; * for all");
    command.add_option("--host", options.hosts,
                       "Another name of this server; asked for only when there are no keys");
    command.add_option("--source", options.sources,
                       "NAME=DIR: a folder that collections may be synced with over HTTP");
    command.add_option("--webhook", options.webhooks,
                       "An address that jobs may tell of their end, and what is below it");
    command.add_option("--webhook-always", options.webhooks_always,
                       "An address that is told of every job's end");
    command.add_option("--webhook-secret", options.webhook_secret,
                       "The file with the secret that webhooks are signed with");
    command.add_option("--pipeline", serve->common.pipeline, "The pipeline of new collections");
    command.add_option(
        "--warm", options.warm,
        "A collection that is made ready after the start: opened, its query model loaded");
    command.add_option("--read-threads", options.read_threads,
                       "Workers for reading (0: one a core)");
    command.add_option("--ask-threads", options.ask_threads, "Workers for answers")
        ->capture_default_str();
    command.add_option("--ingest-threads", options.ingest_threads, "Workers for ingest")
        ->capture_default_str();
    command.add_flag("--truncate-embeddings", options.truncate_embeddings,
                     "/v1/embeddings cuts what is longer than the model reads, and says so");
    command.add_flag("--no-access-log", serve->no_access_log, "No line for each request");
    command
        .add_option("--slow", serve->slow,
                    "Log the stages of requests that take longer, milliseconds; 0: never")
        ->capture_default_str();
    command.add_option("--otlp", options.otlp,
                       "Send traces to this collector of OpenTelemetry: http://localhost:4318");
    command.add_flag("--log-queries", options.log_queries, "Queries are in the slow-query log");
    command
        .add_option("--recall-every", options.recall.every,
                    "Compare one of so many searches with an exact one, for /metrics; 0: never")
        ->capture_default_str();
    command
        .add_option("--recall-chunks", options.recall.chunks,
                    "Not in collections of more chunks than this")
        ->capture_default_str();
    add_limits(command, *serve);
    add_folders(command, serve->common);
    command.callback([serve, &run_command] { run_command = [serve] { return run(*serve); }; });
}

}  // namespace lectern::app
