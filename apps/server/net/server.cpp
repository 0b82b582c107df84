#include "apps/server/net/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/result_json.hpp"
#include "apps/server/api/bulk.hpp"
#include "apps/server/net/session.hpp"
#include "apps/server/net/state.hpp"
#include "apps/server/work/job_work.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds drain_look{10};
constexpr std::chrono::milliseconds close_wait{500};  // for connections to be closed in order
constexpr std::chrono::seconds keys_look{2};

struct Address {
    asio::ip::address host;
    std::uint16_t port = 0;
};

Result<Address> parse_address(const std::string& listen) {
    const std::size_t colon = listen.rfind(':');
    const auto wrong = [&listen] {
        return Status{
            Code::invalid_argument,
            "--listen '" + listen + "' must be ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080"};
    };
    if (colon == std::string::npos) return wrong();
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    error_code error;
    Address out;
    out.host = asio::ip::make_address(host, error);
    const char* const begin = listen.data() + colon + 1;
    const char* const end = listen.data() + listen.size();
    const auto [last, bad] = std::from_chars(begin, end, out.port);
    if (error || bad != std::errc{} || last != end) return wrong();
    return out;
}

Status read_certificate(asio::ssl::context& context, const ServerOptions& options) {
    error_code error;
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                        asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1);
    // Of TLS 1.2 what keeps recorded connections closed when the key is lost (forward secrecy) and
    // authenticates what it encrypts; all of TLS 1.3 does.
    if (SSL_CTX_set_cipher_list(context.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return {Code::internal, "OpenSSL has no cipher with forward secrecy"};
    context.use_certificate_chain_file(options.tls_certificate.string(), error);
    if (error)
        return {Code::invalid_argument, "the certificate '" + options.tls_certificate.string() +
                                            "' cannot be used: " + error.message()};
    context.use_private_key_file(options.tls_key.string(), asio::ssl::context::pem, error);
    if (error)
        return {Code::invalid_argument, "the key of the certificate '" + options.tls_key.string() +
                                            "' cannot be used: " + error.message()};
    return {};
}

}  // namespace

ServerState::ServerState(ServerOptions given, SourceFolders folders, Engine engine,
                         WebhookRules rules)
    : options(std::move(given)),
      sources(std::move(folders)),
      collections(options.data, std::move(engine), options.open),
      webhooks(std::move(rules)),
      listeners(collections, keys),
      jobs(collections.in_cluster() ? std::filesystem::path() : options.data / ".jobs",
           job_work(collections, options.data, sources,
                    [this](const JobRecord& record, JobFace& face) {
                        return store_upload(collections, options.data, options.limits.body, record,
                                            face);
                    }),
           &webhooks),
      service{options,  collections, metrics,  recall,  jobs,
              webhooks, listeners,   sessions, sources, keys},
      read("read",
           options.read_threads > 0 ? options.read_threads
                                    : std::max(std::thread::hardware_concurrency(), 2U),
           options.limits.queue),
      ask("ask", options.ask_threads, options.limits.queue),
      ingest("ingest", options.ingest_threads, options.limits.queue),
      recall(options.recall, metrics, [this] {
          return read.waiting() + ask.waiting() + ingest.waiting() == 0 &&
                 read.running() + ask.running() + ingest.running() <= 1;
      }) {}

void add_routes(ServerState& state) {
    add_collection_routes(state.router, state.service);
    add_alias_routes(state.router, state.service);
    add_backup_routes(state.router, state.service);
    add_job_routes(state.router, state.service);
    add_key_routes(state.router, state.service);
    add_eval_routes(state.router, state.service);
    add_document_routes(state.router, state.service);
    add_filtered_routes(state.router, state.service);
    add_query_routes(state.router, state.service);
    add_searches_routes(state.router, state.service);
    add_openai_routes(state.router, state.service);
    add_operation_routes(state.router, state);
    add_mcp_routes(state.router, state.service);
    add_web_routes(state.router);
}

struct Server::Impl {
    Impl(ServerOptions options, SourceFolders sources, Engine engine, WebhookRules rules)
        : state(std::move(options), std::move(sources), std::move(engine), std::move(rules)) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    // Workers first: their jobs use the connections, and those use the rest.
    ~Impl() {
        warming.request_stop();
        if (warming.joinable()) warming.join();
        state.jobs.end();
        state.webhooks.end();
        state.recall.end();
        for (Executor* executor : {&state.read, &state.ask, &state.ingest}) executor->end();
        state.traces.end();
    }

    ServerState state;
    asio::io_context io;
    std::mutex tls_mutex;
    std::shared_ptr<asio::ssl::context> tls;  // of new connections; nullptr: none
    asio::strand<asio::io_context::executor_type> accepting{io.get_executor()};
    tcp::acceptor acceptor{accepting};
    asio::steady_timer keys_timer{io};
    std::uint16_t port = 0;
    std::vector<std::thread> threads;
    std::jthread warming;
    std::atomic<bool> drain_begun{false};

    // The folder is made; a cluster must answer.
    Status prepare_data() {
        if (state.collections.in_cluster()) return state.collections.list().status();
        std::error_code folder;
        std::filesystem::create_directories(state.options.data, folder);
        if (!folder) return {};
        return {Code::unavailable, "the data folder '" + state.options.data.string() +
                                       "' cannot be made: " + folder.message()};
    }

    Status open() {
        LECTERN_ASSIGN(const Address address, parse_address(state.options.listen));
        const bool keyed = !state.options.keys.empty();
        if (!address.host.is_loopback() && !keyed && !state.options.insecure)
            return {Code::invalid_argument,
                    "will not listen on " + state.options.listen +
                        " without API keys: make one with 'lectern key' and pass --keys FILE, or "
                        "pass --insecure if whoever reaches this address may do everything"};
        if (keyed) LECTERN_TRY(state.keys.load(state.options.keys));
        if (!state.options.otlp.empty()) LECTERN_TRY(state.traces.open(state.options.otlp));
        if (state.options.tls_certificate.empty() != state.options.tls_key.empty())
            return {Code::invalid_argument,
                    "--tls-certificate and --tls-key must be given together"};
        if (!state.options.tls_certificate.empty()) LECTERN_TRY(read_tls());
        LECTERN_TRY(prepare_data());
        error_code error;
        const tcp::endpoint endpoint(address.host, address.port);
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error)
            return {Code::unavailable, "cannot listen on " + state.options.listen + ": " +
                                           error.message() + "; name another with --listen"};
        port = acceptor.local_endpoint().port();
        return {};
    }

    void run() {
        add_routes(state);
        forget_uploads(state.options.data);
        state.jobs.resume();
        asio::co_spawn(accepting, accept(), asio::detached);
        if (!state.options.keys.empty()) watch_keys();
        for (unsigned i = 0; i < std::max(state.options.io_threads, 1U); ++i)
            threads.emplace_back([this] { io.run(); });
        if (!state.options.warm.empty())
            warming = std::jthread([this](const std::stop_token& stop) { warm_up(stop); });
    }

    // A model is compiled with the first words that it reads. Requests do not wait for this; one
    // that comes meanwhile waits for what it would have to do itself.
    void warm_up(const std::stop_token& stop) {
        for (const std::string& name : state.options.warm) {
            if (stop.stop_requested()) return;
            Result<bool> vectors = false;
            try {
                vectors = make_ready(name, stop);
            } catch (const std::exception& error) {  // out of memory: the server goes on
                vectors = Status{Code::internal, error.what()};
            }
            if (vectors)
                log_line(LogLevel::info, "a collection is ready",
                         {{"collection", api::clean(name)}, {"vectors", *vectors}});
            else
                log_line(LogLevel::warning, "a collection was not made ready",
                         {{"collection", api::clean(name)},
                          {"detail", api::clean(vectors.status().message())}});
        }
    }
    // Whether it has a query model. One by words alone has none, and is ready.
    Result<bool> make_ready(const std::string& name, const std::stop_token& stop) {
        const std::vector<std::string> words{"warm"};
        LECTERN_ASSIGN(const auto found, state.collections.get(name));
        return found->collection.embed(words, EmbedAs::query, stop).ok();
    }

    asio::awaitable<void> accept() {
        while (true) {
            error_code error;
            auto strand = asio::make_strand(io);
            tcp::socket socket = co_await acceptor.async_accept(
                strand, asio::redirect_error(asio::use_awaitable, error));
            if (error == asio::error::operation_aborted) co_return;
            if (error) {  // out of descriptors: the next may fail at once, so wait a moment
                asio::steady_timer pause(io, drain_look);
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
                continue;
            }
            socket.set_option(tcp::no_delay(true), error);
            const auto secure = current_tls();
            std::unique_ptr<Wire> wire =
                secure ? tls_wire(std::move(socket), *secure) : plain_wire(std::move(socket));
            asio::co_spawn(strand, run_session(std::move(wire), state), asio::detached);
        }
    }

    std::shared_ptr<asio::ssl::context> current_tls() {
        const std::lock_guard lock(tls_mutex);
        return tls;
    }
    // Connections that are there keep the certificate that they began with.
    Status read_tls() {
        auto next = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
        LECTERN_TRY(read_certificate(*next, state.options));
        const std::lock_guard lock(tls_mutex);
        tls = std::move(next);
        return {};
    }

    void watch_keys() {
        keys_timer.expires_after(keys_look);
        keys_timer.async_wait([this](error_code error) {
            if (error) return;
            if (state.keys.changed()) (void)reload_keys();
            watch_keys();
        });
    }

    static Status told(Status done, std::string_view when_done) {
        if (done.ok())
            log_line(LogLevel::info, when_done);
        else
            log_line(LogLevel::error, done.message());
        return done;
    }
    Status reload_keys() { return told(state.keys.reload(), "the keys were read again"); }
    Status reload() {
        Status done;
        if (!state.options.keys.empty()) done = reload_keys();
        if (current_tls() != nullptr) {
            Status tls_done = told(read_tls(), "the certificate was read again");
            if (done.ok()) done = std::move(tls_done);
        }
        return done;
    }

    asio::awaitable<void> drained() {
        asio::steady_timer timer(io);
        error_code error;
        const auto end = std::chrono::steady_clock::now() + state.options.limits.drain_time;
        while (state.requests > 0) {
            if (std::chrono::steady_clock::now() >= end) state.stop.request_stop();
            if (std::chrono::steady_clock::now() >= end + std::chrono::seconds(5)) break;
            timer.expires_after(drain_look);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
        acceptor.close(error);
        const auto closed = std::chrono::steady_clock::now() + close_wait;
        while (state.connections > 0 && std::chrono::steady_clock::now() < closed) {
            timer.expires_after(drain_look);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
        io.stop();
    }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
    LECTERN_ASSIGN(SourceFolders sources, SourceFolders::parse(options.sources));
    LECTERN_ASSIGN(WebhookRules rules, WebhookRules::read(options.webhooks, options.webhooks_always,
                                                          options.webhook_secret));
    LECTERN_ASSIGN(Engine engine, Engine::create(options.engine));
    auto impl = std::make_unique<Impl>(std::move(options), std::move(sources), std::move(engine),
                                       std::move(rules));
    LECTERN_TRY(impl->open());
    impl->run();
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
    drain();
    wait();
}

std::uint16_t Server::port() const noexcept {
    return impl_->port;
}

void Server::drain() {
    if (impl_->drain_begun.exchange(true)) return;
    impl_->state.draining = true;
    impl_->state.ready = false;
    impl_->warming.request_stop();
    impl_->state.jobs.stop();
    impl_->state.listeners.end();
    asio::co_spawn(impl_->accepting, impl_->drained(), asio::detached);
}

void Server::wait() {
    for (std::thread& thread : impl_->threads)
        if (thread.joinable()) thread.join();
}

Status Server::reload() {
    return impl_->reload();
}

}  // namespace lectern::server
