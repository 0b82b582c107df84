#include "apps/server/net/session.hpp"

#include <array>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "apps/server/http/gzip.hpp"
#include "apps/server/http/parser.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/response_head.hpp"
#include "apps/server/http/target.hpp"
#include "apps/server/net/access.hpp"
#include "apps/server/net/mailbox.hpp"
#include "apps/server/net/quota.hpp"
#include "apps/server/net/request_record.hpp"
#include "apps/server/net/slots.hpp"
#include "apps/server/openai/openai.hpp"
#include "apps/server/work/log.hpp"
#include "lectern/running.hpp"

namespace lectern::server {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds write_time{60};
constexpr seconds close_time{2};
// The status in the log and the metrics of a request whose response nobody waited for.
constexpr unsigned client_has_gone = 499;
// Between looks at whether the client is still there while its request is worked on.
constexpr std::chrono::milliseconds gone_look{50};
// The same of a stream that stays open, and after how long a silence it says that it lives.
constexpr std::chrono::milliseconds stay_look{1000};
constexpr seconds most_silent{15};
// Before the next try at a piece of a response that has begun, when no worker could take it.
constexpr std::chrono::milliseconds next_try{500};
// Between looks at whether a stage has come back, and how long after its deadline it is given up.
constexpr std::chrono::milliseconds stuck_look{500};
constexpr std::chrono::milliseconds stuck_after{1000};

// What is assigned an empty text keeps the room of the full one; what a text was moved out of does
// not.
template <class T>
void give_back(T& what) {
    const T last = std::move(what);
    what = {};
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

    // What the last request took is of no use to a connection that waits.
    void rest() {
        give_back(request_);
        give_back(match_);
        give_back(record_);
        give_back(pending_);
        key_.reset();
        mailbox_.reset();
        wire_->rest();
    }

    // False: the connection is to be closed.
    asio::awaitable<bool> one_request() {
        parser_.emplace();
        if (pending_.empty()) {
            rest();
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
        record_ = {};
        record_.begun = Clock::now();
        request_ = std::move(parser_->request());
        record_.context = trace_context_of(request_.header("traceparent"));
        request_.trace_id = record_.context.trace_id;
        match_ = {};
        key_.reset();
        quota_.clear();
        stays_.reset();
        streamed_ = false;
        broken_ = false;
        gone_ = false;
        given_up_ = false;
        Response response = co_await respond();
        if (stays_) response = co_await stay();
        record_.failure = failure_of(response);
        if (given_up_)
            record_.status = 504;  // it has been told
        else if (gone_ && !streamed_)
            record_.status = client_has_gone;
        else if (streamed_)
            co_await end_stream(response.last_piece);
        else
            co_await send(std::move(response));
        note(record_, request_, match_, key_.get(), state_);
        co_return !broken_ && request_.keep_alive && parser_->done();
    }

    asio::awaitable<void> refuse(Response response, std::string_view why) {
        request_ = {};
        request_.keep_alive = false;
        request_.trace_id = trace_id_of({});
        record_ = {};
        record_.begun = Clock::now();
        match_ = {};
        key_.reset();
        quota_.clear();
        state_.metrics.rejected(why);
        record_.failure = failure_of(response);
        co_await send(std::move(response));
        note(record_, request_, match_, nullptr, state_);
    }

    // Everything that is decided before a handler runs; then the handler.
    asio::awaitable<Response> respond() {
        if (auto refused = refuse_framing(request_)) co_return broken(std::move(*refused));
        if (const Status bad = read_target(request_); !bad.ok()) co_return problem(bad);
        match_ = state_.router.find(request_.method, request_.segments);
        const bool keys = state_.keys.required();
        if (auto refused = refuse_browser(request_, state_.options, keys)) co_return *refused;
        if (is_preflight(request_) && !match_.allowed.empty())
            co_return preflight(request_, match_);
        if (request_.method == "OPTIONS" && !match_.allowed.empty())
            co_return Response{204, "", "", {{"Allow", match_.allowed}}};
        if (match_.route == nullptr) {
            if (match_.allowed.empty()) co_return problem(404, "no_such_path", nothing_here());
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
        // An alias is its collection in all that follows, also for the rights.
        if (const auto name = match_.values.find("name"); name != match_.values.end())
            name->second = state_.collections.own_name(name->second);
        Admitted admitted = admit(request_, match_, state_.keys);
        if (admitted.refusal) {
            state_.metrics.rejected("rights");
            co_return *admitted.refusal;
        }
        key_ = admitted.key;
        // What needs no right is for programs that look whether the server lives, and pages.
        if (route.right != Right::none) {
            Quota quota = take_quota(key_.get(), limits().requests_per_minute, state_.meter,
                                     RateMeter::Clock::now());
            quota_ = std::move(quota.headers);
            if (quota.refusal) {
                state_.metrics.rejected("requests_per_minute");
                co_return std::move(*quota.refusal);
            }
        }
        co_return co_await handle(route);
    }

    // A path is taken as it is: with a '/' at its end it is another one, which may be what was left
    // of an id on its way here.
    [[nodiscard]] std::string nothing_here() const {
        std::vector<std::string> without = request_.segments;
        while (!without.empty() && without.back().empty()) without.pop_back();
        const Router::Match match = state_.router.find(request_.method, without);
        const bool almost = without.size() < request_.segments.size() &&
                            (match.route != nullptr || !match.allowed.empty());
        return almost ? "there is nothing at this path; there is at the one without '/' at its end"
                      : "there is nothing at this path";
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
        if (parser_->length().value_or(0) > 0 || !parser_->done())
            if (auto refused = refuse_type(route.body, request_.header("Content-Type")))
                co_return std::move(*refused);
        // Of a streamed body before it is asked for: it would be sent for nothing. One that is kept
        // takes nothing while it comes in, so slow senders use up nobody's turn.
        Slots slots;
        if (route.sink)
            if (auto refused = slots.take(route, key_.get(), state_)) co_return std::move(*refused);
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
            if (auto refused = slots.take(route, key_.get(), state_)) co_return std::move(*refused);
            std::function<Response()> body = [&route, &call] { return route.handler(call); };
            out = co_await work(route.lane, stop, std::move(body));
            if (call.next && out.status == 200) {
                const Continuation next = std::exchange(call.next, {}).value();
                std::function<Response()> rest = [&next, &call] { return next.handler(call); };
                out = co_await work(next.lane, stop, std::move(rest));
            }
        }
        record_.observed = std::move(call.observed);
        stays_ = std::move(call.stays);
        // Before the slots are given back.
        if (out.pieces && request_.method != "HEAD")
            co_return co_await send_pieces(route.lane, stop, std::move(out));
        co_return out;
    }

    // Sends what others write on a stream that stays open, and now and then a comment, so that no
    // proxy takes it for dead.
    asio::awaitable<Response> stay() {
        const std::shared_ptr<void> until_left = std::move(stays_);
        Response last;
        auto silent_since = Clock::now();
        while (!broken_) {
            std::optional<Letter> letter = co_await mailbox_->next(Clock::now() + stay_look);
            if (letter && letter->kind == Letter::Kind::done) {
                last = std::move(letter->response);
                break;
            }
            if (letter && letter->kind == Letter::Kind::begin)
                co_await begin_stream(letter->text, std::move(letter->response.headers));
            if (letter && letter->kind == Letter::Kind::piece) co_await send_piece(letter->text);
            if (letter) silent_since = Clock::now();
            if (letter) continue;
            if (wire_->gone()) broken_ = true;
            if (Clock::now() - silent_since < most_silent) continue;
            co_await send_piece(": still here\n\n");
            silent_since = Clock::now();
        }
        co_return last;
    }

    // The next body bytes, decompressed, appended to `to`.
    asio::awaitable<std::optional<Response>> more_body(std::optional<Gunzip>& gunzip,
                                                       std::uint64_t most, std::string& to,
                                                       Clock::time_point deadline) {
        std::string raw;
        const std::size_t held = pending_.size();
        const RequestParser::Fault fault = parser_->feed_body(pending_, raw);
        if (fault.status != 0) co_return broken(problem(fault.status, "malformed", fault.detail));
        record_.received += raw.size();
        if (record_.received > most)
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
        if (gunzip && record_.received > 0)
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
                std::function<Response()> step = [&sink, &call] { return sink->work(call); };
                Response done = co_await work(route.lane, stop, std::move(step));
                if (done.status != 200) co_return broken(std::move(done));
            }
        }
        if (gunzip && record_.received > 0)
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
        Turn turn;
        Response out = co_await try_work(lane, stop, std::move(body), turn);
        if (!turn.refused.empty()) state_.metrics.rejected(turn.refused);
        co_return out;
    }

    // Why no worker took it, as the metrics say it of a request; "": one did.
    struct Turn {
        std::string_view refused = {};
    };
    asio::awaitable<Response> try_work(Lane lane, std::stop_source& stop,
                                       std::function<Response()> body, Turn& turn) {
        Executor* executor = state_.executor(lane);
        if (executor == nullptr) co_return guarded(body);
        const std::shared_ptr<Mailbox> mailbox = mailbox_;
        const auto since = Clock::now();
        const bool taken = executor->submit(
            [mailbox, body = std::move(body), executor, &metrics = state_.metrics,
             since](bool late) {
                const auto begun = Clock::now();
                metrics.waited(executor->name(),
                               std::chrono::duration<double>(begun - since).count());
                if (late)
                    mailbox->post({Letter::Kind::late, {}, {}, begun});
                else
                    mailbox->post({Letter::Kind::done, {}, guarded(body), begun});
            },
            Clock::now() + limits().queue_wait, key_ == nullptr ? nullptr : key_->running.get());
        if (!taken) {
            turn.refused = "queue_full";
            co_return too_many("too many requests wait already");
        }
        // What only reads is not worth its work when nobody waits for it; a write goes on.
        const bool watched = match_.route->right == Right::read;
        const bool goes_on = match_.route->right >= Right::write;
        while (true) {
            const auto look = Clock::now() + (watched && !broken_ ? gone_look : stuck_look);
            std::optional<Letter> letter = co_await mailbox->next(look);
            if (!letter) {
                if (!given_up_) {
                    const auto stuck = overdue_call(stop.get_token(), stuck_after);
                    if (stuck) {
                        co_await give_up(*stuck);
                        executor->replace_worker();
                        mailbox->client_has_gone();
                        stop.request_stop();
                    }
                }
                if (!watched || broken_ || !wire_->gone()) continue;
                gone_ = true;
                broken_ = true;
                mailbox->client_has_gone();
                stop.request_stop();
                continue;
            }
            if (given_up_ && letter->kind != Letter::Kind::done) continue;
            switch (letter->kind) {
                case Letter::Kind::begin:
                    co_await begin_stream(letter->text, std::move(letter->response.headers));
                    break;
                case Letter::Kind::piece: co_await send_piece(letter->text); break;
                case Letter::Kind::late:
                    turn.refused = "queue_wait";
                    co_return too_many(
                        "the request waited too long for its turn, or gave way to another key's");
                case Letter::Kind::done:
                    if (record_.work.size() < most_work_recorded)
                        record_.work.push_back(
                            {executor->name(), since, letter->begun, Clock::now()});
                    co_return std::move(letter->response);
            }
            if (broken_) {
                if (!goes_on) stop.request_stop();
                mailbox->client_has_gone();
            }
        }
    }

    // A stage does not come back: the client is told and let go. What the handler uses stays here
    // until it does.
    asio::awaitable<void> give_up(const RunningCall& stuck) {
        given_up_ = true;
        const std::string what = stuck.stage + " has not come back from its " + stuck.function +
                                 "; the deadline has passed";
        log_line(LogLevel::error, what);
        if (!streamed_) co_await send(problem(504, "deadline_exceeded", what));
        broken_ = true;
        co_await wire_->close(Clock::now() + close_time);
    }

    // ---------------------------------------------------------------- responses

    // Before a response is sent.
    void decide_on_the_connection() {
        if (state_.draining || broken_ || (parser_ && !parser_->done()))
            request_.keep_alive = false;
    }

    asio::awaitable<void> send(Response response) {
        if (response.pieces) {  // of HEAD: how long it would be is not known
            co_await begin_stream(response.content_type, std::move(response.headers));
            co_return;
        }
        if (is_openai_path(request_.target)) response = as_openai_error(std::move(response));
        record_.status = response.status;
        response.headers.insert(response.headers.end(), quota_.begin(), quota_.end());
        decide_on_the_connection();
        const std::string bytes = response_bytes(std::move(response), request_, state_.options);
        co_await write(bytes);
    }

    // Sends a body that the lane's threads make meanwhile.
    asio::awaitable<Response> send_pieces(Lane lane, std::stop_source& stop, Response response) {
        co_await begin_stream(response.content_type, std::move(response.headers));
        Result<std::string> piece = std::string();
        while (!broken_) {
            std::function<Response()> step = [&piece, &response] {
                piece = response.pieces();
                return Response{};
            };
            Turn turn;
            Response done = co_await try_work(lane, stop, std::move(step), turn);
            if (!turn.refused.empty() && !stop.stop_requested()) {
                // Its turn did not come, and it is tried again: no request was turned away. Nobody
                // writes to the mailbox: this is a pause.
                co_await mailbox_->next(Clock::now() + next_try);
                continue;
            }
            if (done.status == 200 && !piece) done = problem(piece.status());
            if (done.status != 200) {
                log_line(LogLevel::error, "a response was broken off", failure_of(done));
                co_return broken(std::move(done));
            }
            if (piece->empty()) break;
            co_await send_piece(*piece);
        }
        co_return Response{};
    }

    asio::awaitable<void> begin_stream(const std::string& content_type,
                                       std::vector<Header> headers) {
        streamed_ = true;
        record_.status = 200;
        decide_on_the_connection();
        if (request_.version == 10) request_.keep_alive = false;
        headers.push_back({"Content-Type", content_type});
        headers.push_back({"Cache-Control", "no-store"});
        headers.insert(headers.end(), quota_.begin(), quota_.end());
        if (request_.version >= 11) headers.push_back({"Transfer-Encoding", "chunked"});
        const std::string bytes = response_head(200, headers, request_, state_.options) + "\r\n";
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

    // When the request has given back what it took up: its client may be here again at once.
    asio::awaitable<void> end_stream(const std::string& last_piece) {
        co_await send_piece(last_piece);
        if (request_.version >= 11 && !broken_) co_await write("0\r\n\r\n");
    }

    asio::awaitable<void> write(std::string_view bytes) {
        const bool written = co_await wire_->write(bytes, Clock::now() + write_time);
        if (!written)
            broken_ = true;
        else
            record_.sent += bytes.size();
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
    std::shared_ptr<void> stays_;  // of a stream that stays open
    RequestRecord record_;
    std::vector<Header> quota_;  // what the client is told of its requests in a minute
    bool streamed_ = false;      // the response has begun
    bool broken_ = false;        // the connection cannot go on
    bool gone_ = false;          // the client went while its request was worked on
    bool given_up_ = false;      // a stage did not come back, and the client was told
};

}  // namespace

asio::awaitable<void> run_session(std::unique_ptr<Wire> wire, ServerState& state) {
    Session session(std::move(wire), state);
    co_await session.run();
}

}  // namespace lectern::server
