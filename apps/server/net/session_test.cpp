// One connection from its bytes to its responses, without a socket.
#include "apps/server/net/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace asio = boost::asio;

// A client that has sent all of its requests and takes what comes.
class ToldWire : public Wire {
 public:
    ToldWire(std::string requests, std::string& responses)
        : requests_(std::move(requests)), responses_(responses) {}
    asio::awaitable<bool> open(Clock::time_point /*deadline*/) override { co_return true; }
    asio::awaitable<bool> read(std::string& to, Clock::time_point /*deadline*/) override {
        const std::string some = std::exchange(requests_, {});
        to += some;
        co_return !some.empty();
    }
    void rest() override {}
    asio::awaitable<bool> write(std::string_view bytes, Clock::time_point /*deadline*/) override {
        responses_ += bytes;
        co_return true;
    }
    asio::awaitable<void> close(Clock::time_point /*deadline*/) override { co_return; }
    [[nodiscard]] bool gone() override { return false; }

 private:
    std::string requests_;
    std::string& responses_;
};

// The same of a client that takes nothing.
class GoneWire : public ToldWire {
 public:
    using ToldWire::ToldWire;
    asio::awaitable<bool> write(std::string_view /*bytes*/,
                                Clock::time_point /*deadline*/) override {
        co_return false;
    }
};

// A server with one route, GET /file, whose body is made while it is sent.
class PiecesTest : public testing::Test {
 protected:
    void SetUp() override {
        auto engine = Engine::create();
        ASSERT_TRUE(engine.ok()) << engine.status().message();
        ServerOptions options;
        options.data = home.path();
        options.access_log = false;
        adapt(options);
        state.emplace(options, SourceFolders(), *engine);
        state->router.add({"GET", "/file", Right::read, Lane::read, [this](Call&) {
                               Response out{200, "application/octet-stream", "", {}};
                               out.pieces = pieces;
                               return out;
                           }});
    }
    virtual void adapt(ServerOptions& /*options*/) const {}
    // What comes back for two requests, sent at once.
    [[nodiscard]] std::string twice(const std::string& method) {
        const std::string request = method + " /file HTTP/1.1\r\nHost: localhost\r\n\r\n";
        std::string out;
        serve(std::make_unique<ToldWire>(request + request, out));
        return out;
    }
    void serve(std::unique_ptr<Wire> wire) {
        asio::io_context io;
        asio::co_spawn(asio::make_strand(io), run_session(std::move(wire), *state), asio::detached);
        io.run();
    }
    static std::size_t count(const std::string& text, std::string_view what) {
        std::size_t out = 0;
        for (std::size_t at = text.find(what); at != std::string::npos;
             at = text.find(what, at + what.size()))
            ++out;
        return out;
    }

    lectern::TestFolder home;
    std::optional<ServerState> state;
    std::function<Result<std::string>()> pieces;
};

TEST_F(PiecesTest, AreMadeByWorkersWhileTheRequestHoldsItsSlot) {
    std::size_t running = 0;
    bool by_worker = true;
    pieces = [&, mine = std::this_thread::get_id(), left = 2]() mutable -> Result<std::string> {
        running = state->running;
        by_worker = by_worker && std::this_thread::get_id() != mine;
        return left-- > 0 ? std::string("abc") : std::string();
    };
    const std::string got = twice("GET");
    EXPECT_EQ(count(got, "\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"), 2U) << got;
    EXPECT_EQ(running, 1U);
    EXPECT_TRUE(by_worker);
    EXPECT_EQ(state->running, 0U);
}

TEST_F(PiecesTest, AFailureEndsTheConnectionWithoutAnEndOfTheBody) {
    pieces = [left = 1]() mutable -> Result<std::string> {
        if (left-- > 0) return std::string("abc");
        return Status{Code::unavailable, "the file has gone"};
    };
    const std::string got = twice("GET");
    EXPECT_TRUE(got.ends_with("\r\n\r\n3\r\nabc\r\n")) << got;
    EXPECT_EQ(count(got, "HTTP/1.1 200"), 1U) << got;
}

// With one worker, for which nothing waits long.
class BusyPiecesTest : public PiecesTest {
    void adapt(ServerOptions& options) const override {
        options.read_threads = 1;
        options.limits.queue_wait = std::chrono::seconds(1);
    }
};

TEST_F(BusyPiecesTest, APieceWhoseTurnDoesNotComeIsNoRequestThatIsTurnedAway) {
    bool first = true;
    pieces = [&, left = 2]() mutable -> Result<std::string> {
        // The only worker is away until the next piece has stood in the queue for too long.
        if (std::exchange(first, false)) {
            EXPECT_TRUE(state->read.submit(
                [this](bool) {
                    while (state->read.waiting() == 0) std::this_thread::yield();
                    while (state->read.waiting() > 0) std::this_thread::yield();
                },
                std::chrono::steady_clock::now() + std::chrono::hours(1)));
        }
        return left-- > 0 ? std::string("abc") : std::string();
    };
    const std::string got = twice("GET");
    EXPECT_EQ(count(got, "\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"), 2U) << got;
    const std::string figures = state->metrics.text({});
    EXPECT_EQ(figures.find("lectern_rejected_total{"), std::string::npos) << figures;
    // What turns a request away is counted.
    state->read.end();
    EXPECT_EQ(count(twice("GET"), "HTTP/1.1 429"), 2U);
    EXPECT_NE(state->metrics.text({}).find("lectern_rejected_total{reason=\"queue_full\"} 2\n"),
              std::string::npos);
}

TEST_F(PiecesTest, HeadMakesNone) {
    pieces = []() -> Result<std::string> { return ADD_FAILURE(), std::string(); };
    const std::string got = twice("HEAD");
    EXPECT_EQ(count(got, "HTTP/1.1 200"), 2U) << got;
    EXPECT_EQ(count(got, "\r\n\r\n"), 2U) << got;
}

// What only reads is not worth its work without its client; what writes is done.
TEST_F(PiecesTest, AStreamWithoutItsClientStopsAReadAndNoWrite) {
    for (const auto& [right, stops] : {std::pair{Right::read, true}, {Right::write, false}}) {
        std::optional<bool> stopped;
        const std::string path = "/" + std::string(name(right));
        state->router.add({"POST", path, right, Lane::read, [&](Call& call) {
                               call.stream.begin("text/event-stream");
                               while (call.stream.write(": still here\n\n"))
                                   std::this_thread::yield();
                               stopped = call.stop.stop_requested();
                               return Response{};
                           }});
        std::string none;
        serve(std::make_unique<GoneWire>(
            "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", none));
        EXPECT_EQ(stopped, stops) << path;
    }
}

}  // namespace
}  // namespace lectern::server
