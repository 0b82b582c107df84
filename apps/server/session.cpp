#include "apps/server/session.hpp"

#include <array>
#include <boost/asio/this_coro.hpp>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "apps/server/access.hpp"
#include "apps/server/http/gzip.hpp"
#include "apps/server/http/parser.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/target.hpp"
#include "apps/server/log.hpp"
#include "apps/server/mailbox.hpp"
#include "apps/server/openai.hpp"
#include "apps/shared/result_json.hpp"

namespace lectern::server {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr std::size_t least_gzipped = 1024;
constexpr seconds write_time{60};
constexpr seconds close_time{2};
// The status in the log and the metrics of a request whose response nobody waited for.
constexpr unsigned client_has_gone = 499;
// Between looks at whether the client is still there while its request is worked on.
constexpr std::chrono::milliseconds gone_look{50};

// Counts while it lives.
class Counted {
 public:
    explicit Counted(std::atomic<std::size_t>& count) : count_(&count), now_(++count) {}
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --*count_; }
    [[nodiscard]] std::size_t now() const noexcept { return now_; }

 private:
    std::atomic<std::size_t>* count_;
    std::size_t now_;
};

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

bool compressible(std::string_view type) {
    return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
           type.find("javascript") != std::string_view::npos ||
           type.find("svg") != std::string_view::npos;
}

class Session {
 public:
    Session(std::unique_ptr<Wire> wire, ServerState& state)
        : wire_(std::move(wire)), state_(state) {}

    asio::awaitable<void> run() {
        const Counted connection(state_.connections);
        const bool opened = co_await wire_->open(Clock::now() + limits().header_time);
        if (!opened) co_return;
        executor_ = co_await asio::this_coro::executor;
        bool keep = connection.now() <= limits().connections;
        if (!keep) {
            Response full = problem(503, "too_many_connections", "the server is full");
            full.headers.push_back({"Retry-After", "1"});
            co_await refuse(std::move(full), "connections");
        }
        while (keep) keep = co_await one_request();
        co_await wire_->close(Clock::now() + close_time);
    }

 private:
    [[nodiscard]] const Limits& limits() const noexcept { return state_.options.limits; }

    // False: the connection is to be closed.
    asio::awaitable<bool> one_request() {
        parser_.emplace();
        if (pending_.empty()) {
            const bool more = co_await wire_->read(pending_, Clock::now() + limits().idle_time);
            if (!more) co_return false;
        }
        const auto deadline = Clock::now() + limits().header_time;
        while (true) {
            const RequestParser::Fault fault = parser_->feed_header(pending_);
            if (fault.status != 0) {
                co_await refuse(problem(fault.status, "malformed", fault.detail), "malformed");
                co_return false;
            }
            if (parser_->header_done()) break;
            const bool more = co_await wire_->read(pending_, deadline);
            if (!more) co_return false;  // gone, or too slow: the connection is closed
        }
        const Counted counted(state_.requests);
        begun_ = Clock::now();
        request_ = std::move(parser_->request());
        request_.trace_id = trace_id_of(request_.header("traceparent"));
        match_ = {};
        observed_ = {};
        key_.reset();
        sent_ = 0;
        status_ = 0;
        streamed_ = false;
        broken_ = false;
        gone_ = false;
        received_ = 0;
        Response response = co_await respond();
        remember(response);
        if (gone_ && !streamed_)
            status_ = client_has_gone;
        else if (!streamed_)
            co_await send(std::move(response));
        note();
        co_return !broken_ && request_.keep_alive && parser_->done();
    }

    asio::awaitable<void> refuse(Response response, std::string_view why) {
        request_ = {};
        request_.keep_alive = false;
        request_.trace_id = trace_id_of({});
        begun_ = Clock::now();
        match_ = {};
        observed_ = {};
        key_.reset();
        sent_ = 0;
        state_.metrics.rejected(why);
        remember(response);
        co_await send(std::move(response));
        note();
    }

    // Everything that is decided before a handler runs; then the handler.
    asio::awaitable<Response> respond() {
        if (const Status bad = read_target(request_); !bad.ok()) co_return problem(bad);
        match_ = state_.router.find(request_.method, request_.segments);
        if (request_.version >= 11 && !request_.has_header("Host"))
            co_return broken(problem(400, "malformed", "the header 'Host' is missing"));
        const bool keys = state_.keys.required();
        if (auto refused = refuse_browser(request_, state_.options, keys)) co_return *refused;
        if (is_preflight(request_) && !match_.allowed.empty())
            co_return preflight(request_, match_);
        if (match_.route == nullptr) {
            if (match_.allowed.empty())
                co_return problem(404, "no_such_path", "there is nothing at this path");
            Response out = problem(405, "method_not_allowed", "this path takes " + match_.allowed);
            out.headers.push_back({"Allow", match_.allowed});
            co_return out;
        }
        const Route& route = *match_.route;
        if (state_.draining && !route.while_draining) {
            request_.keep_alive = false;
            state_.metrics.rejected("draining");
            Response out = problem(503, "draining", "the server is shutting down");
            out.headers.push_back({"Retry-After", "5"});
            co_return out;
        }
        Admitted admitted = admit(request_, match_, state_.keys);
        if (admitted.refusal) {
            state_.metrics.rejected("rights");
            co_return *admitted.refusal;
        }
        key_ = admitted.key;
        co_return co_await handle(route);
    }

    // What a request that runs takes up. A body that is still coming in takes nothing, so slow
    // senders use up nobody's turn.
    struct Slots {
        std::optional<Counted> of_all;
        std::optional<Counted> of_key;
    };
    std::optional<Response> take_slots(const Route& route, Slots& slots) {
        if (route.lane == Lane::direct) return {};
        slots.of_all.emplace(state_.running);
        if (slots.of_all->now() > limits().requests) {
            state_.metrics.rejected("requests");
            return too_many("the server has too many requests at once");
        }
        if (key_ == nullptr) return {};
        slots.of_key.emplace(*key_->running);
        const std::size_t most =
            key_->max_concurrent > 0 ? key_->max_concurrent : limits().requests_per_key;
        if (slots.of_key->now() <= most) return {};
        state_.metrics.rejected("requests_of_key");
        return too_many("this key has too many requests at once");
    }

    asio::awaitable<Response> handle(const Route& route) {
        const std::uint64_t most = route.sink ? limits().bulk : limits().body;
        if (const auto length = parser_->length(); length && *length > most)
            co_return problem(413, "body_too_large",
                              "the body is larger than " + std::to_string(most) + " bytes");
        std::optional<Gunzip> gunzip;
        const std::string_view coding = request_.header("Content-Encoding");
        if (same_name(coding, "gzip") || same_name(coding, "x-gzip"))
            gunzip.emplace(most);
        else if (!coding.empty() && !same_name(coding, "identity"))
            co_return unsupported_coding();
        // Of a streamed body before it is asked for: it would be sent for nothing.
        Slots slots;
        if (route.sink)
            if (auto refused = take_slots(route, slots)) co_return std::move(*refused);
        if (lists(request_.header("Expect"), "100-continue") && !parser_->done())
            co_await wire_->write("HTTP/1.1 100 Continue\r\n\r\n", Clock::now() + write_time);

        mailbox_ = std::make_shared<Mailbox>(executor_);
        std::stop_source stop;
        const std::stop_callback ended(state_.stop.get_token(), [&stop] { stop.request_stop(); });
        Call call{request_, match_.values, key_, stop.get_token(), *mailbox_, {}};
        Response out;
        if (route.sink) {
            out = co_await take_stream(route, call, gunzip, most, stop);
        } else {
            auto failed = co_await take_body(gunzip, most);
            if (failed) co_return std::move(*failed);
            if (auto refused = take_slots(route, slots)) co_return std::move(*refused);
            std::function<Response()> body = [&route, &call] { return route.handler(call); };
            out = co_await work(route.lane, stop, std::move(body));
            if (call.next && out.status == 200) {
                const Continuation next = std::exchange(call.next, {}).value();
                std::function<Response()> rest = [&next, &call] { return next.handler(call); };
                out = co_await work(next.lane, stop, std::move(rest));
            }
        }
        observed_ = std::move(call.observed);
        co_return out;
    }

    // The next body bytes, decompressed, appended to `to`.
    asio::awaitable<std::optional<Response>> more_body(std::optional<Gunzip>& gunzip,
                                                       std::uint64_t most, std::string& to,
                                                       Clock::time_point deadline) {
        std::string raw;
        const std::size_t held = pending_.size();
        const RequestParser::Fault fault = parser_->feed_body(pending_, raw);
        if (fault.status != 0) co_return broken(problem(fault.status, "malformed", fault.detail));
        received_ += raw.size();
        if (received_ > most)
            co_return broken(problem(413, "body_too_large",
                                     "the body is larger than " + std::to_string(most) + " bytes"));
        if (gunzip) {
            const Status bad = gunzip->add(raw, to);
            if (!bad.ok())
                co_return broken(bad.code() == Code::resource_exhausted
                                     ? problem(413, "body_too_large", bad.message())
                                     : problem(bad));
        } else {
            to += raw;
        }
        if (parser_->done() || (pending_.size() < held && !raw.empty())) co_return std::nullopt;
        const bool more = co_await wire_->read(pending_, deadline);
        if (more) co_return std::nullopt;
        co_return broken(problem(400, "malformed", "the body ended before its length"));
    }

    Response broken(Response response) {
        broken_ = true;
        return response;
    }

    asio::awaitable<std::optional<Response>> take_body(std::optional<Gunzip>& gunzip,
                                                       std::uint64_t most) {
        const auto deadline = Clock::now() + limits().body_time;
        while (!parser_->done()) {
            auto failed = co_await more_body(gunzip, most, request_.body, deadline);
            if (failed) co_return failed;
        }
        if (gunzip && received_ > 0)
            if (const Status bad = gunzip->finish(); !bad.ok()) co_return problem(bad);
        co_return std::nullopt;
    }

    asio::awaitable<Response> take_stream(const Route& route, Call& call,
                                          std::optional<Gunzip>& gunzip, std::uint64_t most,
                                          std::stop_source& stop) {
        const std::unique_ptr<BodySink> sink = route.sink(request_);
        std::string piece;
        while (!parser_->done()) {
            piece.clear();
            auto failed =
                co_await more_body(gunzip, most, piece, Clock::now() + limits().body_time);
            if (failed) co_return std::move(*failed);
            if (const Status bad = sink->add(piece); !bad.ok())
                co_return broken(problem(413, "body_too_large", bad.message()));
            while (sink->ready()) {
                std::function<Response()> step = [&sink, &call] {
                    sink->work(call);
                    return Response{};
                };
                Response done = co_await work(route.lane, stop, std::move(step));
                if (done.status != 200) co_return broken(std::move(done));
            }
        }
        if (gunzip && received_ > 0)
            if (const Status bad = gunzip->finish(); !bad.ok()) co_return problem(bad);
        std::function<Response()> last = [&sink, &call] { return sink->finish(call); };
        co_return co_await work(route.lane, stop, std::move(last));
    }

    static Response guarded(const std::function<Response()>& body) {
        try {
            return body();
        } catch (const std::exception& error) {
            return problem(500, "internal", std::string("a defect: ") + error.what());
        }
    }

    // Runs the body on the lane's threads and sends what it streams meanwhile.
    asio::awaitable<Response> work(Lane lane, std::stop_source& stop,
                                   std::function<Response()> body) {
        Executor* executor = state_.executor(lane);
        if (executor == nullptr) co_return guarded(body);
        const std::shared_ptr<Mailbox> mailbox = mailbox_;
        const bool taken = executor->submit(
            [mailbox, body = std::move(body), executor, &metrics = state_.metrics,
             since = Clock::now()](bool late) {
                metrics.waited(executor->name(),
                               std::chrono::duration<double>(Clock::now() - since).count());
                if (late)
                    mailbox->post({Letter::Kind::late, {}, {}});
                else
                    mailbox->post({Letter::Kind::done, {}, guarded(body)});
            },
            Clock::now() + limits().queue_wait);
        if (!taken) {
            state_.metrics.rejected("queue_full");
            co_return too_many("too many requests wait already");
        }
        // What only reads is not worth its work when nobody waits for it; a write goes on.
        const bool watched = match_.route->right == Right::read;
        while (true) {
            const auto look =
                watched && !broken_ ? Clock::now() + gone_look : Clock::time_point::max();
            std::optional<Letter> letter = co_await mailbox->next(look);
            if (!letter) {
                if (!wire_->gone()) continue;
                gone_ = true;
                broken_ = true;
                mailbox->client_has_gone();
                stop.request_stop();
                continue;
            }
            switch (letter->kind) {
                case Letter::Kind::begin: co_await begin_stream(letter->text); break;
                case Letter::Kind::piece: co_await send_piece(letter->text); break;
                case Letter::Kind::late:
                    state_.metrics.rejected("queue_wait");
                    co_return too_many("the request waited too long for its turn");
                case Letter::Kind::done:
                    if (streamed_) co_await end_stream();
                    co_return std::move(letter->response);
            }
            if (broken_) {
                mailbox->client_has_gone();
                stop.request_stop();
            }
        }
    }

    // ---------------------------------------------------------------- responses

    std::string head(unsigned status, const std::vector<Header>& headers) {
        status_ = status;
        if (state_.draining) request_.keep_alive = false;
        if (broken_ || (parser_ && !parser_->done())) request_.keep_alive = false;
        std::string out = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason(status)) +
                          "\r\nDate: " + http_date() +
                          "\r\nServer: lectern\r\nX-Request-Id: " + request_.trace_id +
                          "\r\nX-Content-Type-Options: nosniff\r\n";
        const auto add = [&out](std::string_view name, std::string_view value) {
            out.append(name).append(": ");
            for (const char c : value)  // nothing that a handler was given may end a header early
                if (c != '\r' && c != '\n') out.push_back(c);
            out += "\r\n";
        };
        for (const Header& header : headers) add(header.name, header.value);
        if (const std::string origin = allowed_origin(request_, state_.options); !origin.empty()) {
            add("Access-Control-Allow-Origin", origin);
            add("Access-Control-Expose-Headers", "ETag, Location, Retry-After, X-Request-Id");
        }
        if (!state_.options.cors_origins.empty()) add("Vary", "Origin");
        if (!request_.keep_alive)
            add("Connection", "close");
        else if (request_.version == 10)
            add("Connection", "keep-alive");
        return out;
    }

    asio::awaitable<void> send(Response response) {
        if (request_.target.starts_with("/v1/")) response = as_openai_error(std::move(response));
        std::vector<Header> headers = std::move(response.headers);
        const bool bodiless = response.status == 204 || response.status == 304;
        if (!response.content_type.empty() && !bodiless)
            headers.push_back({"Content-Type", response.content_type});
        if (!bodiless && compressible(response.content_type)) {
            headers.push_back({"Vary", "Accept-Encoding"});
            if (response.body.size() >= least_gzipped &&
                lists(request_.header("Accept-Encoding"), "gzip")) {
                if (std::string small = gzipped(response.body); !small.empty()) {
                    response.body = std::move(small);
                    headers.push_back({"Content-Encoding", "gzip"});
                }
            }
        }
        if (!bodiless) headers.push_back({"Content-Length", std::to_string(response.body.size())});
        std::string bytes = head(response.status, headers) + "\r\n";
        if (request_.method != "HEAD" && !bodiless) bytes += response.body;
        co_await write(bytes);
    }

    asio::awaitable<void> begin_stream(const std::string& content_type) {
        streamed_ = true;
        if (request_.version == 10) request_.keep_alive = false;
        std::vector<Header> headers{{"Content-Type", content_type}, {"Cache-Control", "no-store"}};
        if (request_.version >= 11) headers.push_back({"Transfer-Encoding", "chunked"});
        const std::string bytes = head(200, headers) + "\r\n";
        co_await write(bytes);
    }

    asio::awaitable<void> send_piece(const std::string& piece) {
        if (piece.empty() || broken_) co_return;
        if (request_.version == 10) {
            co_await write(piece);
            co_return;
        }
        std::array<char, 20> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
        const std::string bytes = size.data() + piece + "\r\n";
        co_await write(bytes);
    }

    asio::awaitable<void> end_stream() {
        if (request_.version >= 11 && !broken_) co_await write("0\r\n\r\n");
    }

    asio::awaitable<void> write(std::string_view bytes) {
        const bool written = co_await wire_->write(bytes, Clock::now() + write_time);
        if (!written)
            broken_ = true;
        else
            sent_ += bytes.size();
    }

    // What the log says of a failure: its code, and of those that are not the client's what has
    // happened. (The detail of others may quote what was sent.)
    void remember(const Response& response) {
        failure_ = {};
        if (response.content_type != "application/problem+json") return;
        const boost::json::object problem = boost::json::parse(response.body).as_object();
        failure_["code"] = problem.at("code");
        if (response.status >= 500) failure_["detail"] = problem.at("detail");
    }

    // The metrics and the log.
    void note() {
        const double took = std::chrono::duration<double>(Clock::now() - begun_).count();
        const std::string route = match_.route == nullptr ? "" : match_.route->pattern;
        state_.metrics.request(match_.route == nullptr ? "" : match_.route->method, route, status_,
                               took);
        state_.metrics.stages(observed_.stages);
        state_.metrics.tokens(observed_.tokens_in, observed_.tokens_out);
        boost::json::object line{{"trace_id", request_.trace_id},
                                 {"method", app::clean(request_.method.substr(0, 16))},
                                 {"route", route},
                                 {"status", status_},
                                 {"milliseconds", took * 1e3},
                                 {"bytes_in", received_},
                                 {"bytes_out", sent_}};
        if (const auto name = match_.values.find("name"); name != match_.values.end())
            line["collection"] = app::clean(name->second);
        if (key_ != nullptr) line["key"] = app::clean(key_->name);
        for (const auto& [name, value] : failure_) line[name] = value;
        if (state_.options.access_log && (match_.route == nullptr || match_.route->in_log))
            log_line(status_ >= 500 ? LogLevel::warning : LogLevel::info, "request", line);
        const auto slow = std::chrono::duration<double>(state_.options.slow).count();
        if (slow <= 0 || took < slow || observed_.stages.empty()) return;
        line["stages"] = app::json_of(observed_.stages);
        if (state_.options.log_queries) line["query"] = app::clean(observed_.query);
        log_line(LogLevel::warning, "slow request", line);
    }

    std::unique_ptr<Wire> wire_;
    ServerState& state_;
    asio::any_io_executor executor_;
    std::string pending_;  // read, but not parsed
    std::optional<RequestParser> parser_;

    // Of the request at hand.
    Request request_;
    Router::Match match_;
    std::shared_ptr<const Key> key_;
    std::shared_ptr<Mailbox> mailbox_;
    Observed observed_;
    boost::json::object failure_;
    Clock::time_point begun_;
    std::uint64_t received_ = 0;  // body bytes as they came
    std::uint64_t sent_ = 0;
    unsigned status_ = 0;
    bool streamed_ = false;  // the response has begun
    bool broken_ = false;    // the connection cannot go on
    bool gone_ = false;      // the client went while its request was worked on
};

}  // namespace

asio::awaitable<void> run_session(std::unique_ptr<Wire> wire, ServerState& state) {
    Session session(std::move(wire), state);
    co_await session.run();
}

}  // namespace lectern::server
