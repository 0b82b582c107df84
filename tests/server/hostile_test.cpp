// What a server on a network gets: bytes that are no HTTP, clients that dawdle, paths that climb,
// bodies that explode. It must answer each in its way, and others meanwhile.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "apps/server/http/gzip.hpp"
#include "apps/server/net/server.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::server::Server;
using lectern::server::ServerOptions;

class Client {
 public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    [[nodiscard]] bool connected() const { return connected_; }
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void end() const { ::shutdown(socket_, SHUT_WR); }
    // Until the other side closes.
    [[nodiscard]] std::string rest() const {
        std::string out;
        char piece[4096];
        for (ssize_t count = 0; (count = ::recv(socket_, piece, sizeof piece, 0)) > 0;)
            out.append(piece, static_cast<std::size_t>(count));
        return out;
    }
    // Until the text has come.
    [[nodiscard]] std::string until(std::string_view text) const {
        std::string out;
        char byte = 0;
        while (out.find(text) == std::string::npos && ::recv(socket_, &byte, 1, 0) == 1)
            out.push_back(byte);
        return out;
    }

 private:
    int socket_;
    bool connected_ = false;
};

class HostileTest : public testing::Test {
 protected:
    void SetUp() override {
        options.data = folder / "data";
        options.listen = "127.0.0.1:0";
        options.access_log = false;
        start();
    }
    void start() {
        server.reset();
        auto started = Server::start(options);
        ASSERT_TRUE(started.ok()) << started.status().message();
        server = std::move(*started);
    }
    void TearDown() override { server.reset(); }

    // Bytes on a connection of its own that end there, and all that comes back.
    [[nodiscard]] std::string ask(const std::string& bytes) const {
        const Client client(server->port());
        EXPECT_TRUE(client.connected());
        client.send(bytes);
        client.end();
        return client.rest();
    }
    // The server closes after it. A client that ended first would be taken for one that has gone.
    [[nodiscard]] std::string request(const std::string& method, const std::string& target,
                                      const std::string& headers = {},
                                      const std::string& body = {}) const {
        const Client client(server->port());
        EXPECT_TRUE(client.connected());
        client.send(
            method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
            headers +
            (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
            "\r\n" + body);
        return client.rest();
    }
    static std::string status(const std::string& response) {
        return response.starts_with("HTTP/1.1 ") ? response.substr(9, 3) : response.substr(0, 40);
    }
    void expect_alive() const { EXPECT_EQ(status(request("GET", "/healthz")), "200"); }

    lectern::TestFolder home;
    fs::path folder = home.path();
    ServerOptions options;
    std::unique_ptr<Server> server;
};

TEST_F(HostileTest, MalformedRequestsAreAnsweredAndClosed) {
    const std::string big(40'000, 'a');
    const struct {
        std::string bytes;
        const char* status;
    } cases[] = {
        {"garbage\r\n\r\n", "400"},
        {std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\r\n\r\n", 13), "400"},
        {"GET / HTTP/3.0\r\n\r\n", "505"},
        {"GET / HTTP/1.1\r\nX: " + big + "\r\n\r\n", "431"},
        {"GET /" + big + " HTTP/1.1\r\nHost: a\r\n\r\n", "431"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},  // no Host
        {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "400"},
        {"POST /collections HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, "
         "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
         "400"},
        {"POST /collections HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n{}",
         "400"},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\nhello",
         "400"},
        {"POST /collections HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
         "chunked\r\n\r\nzz\r\nhello\r\n",
         "400"},
    };
    for (const auto& each : cases) {
        const std::string response = ask(each.bytes);
        EXPECT_EQ(status(response), each.status) << each.bytes.substr(0, 60);
        EXPECT_NE(response.find("application/problem+json"), std::string::npos) << response;
        EXPECT_NE(response.find("Connection: close"), std::string::npos) << response;
    }
    expect_alive();
}

TEST_F(HostileTest, PathsDoNotClimb) {
    for (const char* target :
         {"/../../etc/passwd", "/collections/../../etc", "/collections/%2e%2e/stats",
          "/collections/..%2f..%2fetc/stats", "/collections/a%00b", "/collections/%ff"}) {
        const std::string response = request("GET", target);
        EXPECT_TRUE(status(response) == "400" || status(response) == "404") << target << response;
        EXPECT_EQ(response.find("root:"), std::string::npos);
    }
    for (const char* name : {"../x", "a/b", "", ".hidden", "a b", "x\xc3\xa9"})
        EXPECT_EQ(status(request("POST", "/collections", {},
                                 std::string(R"({"name":")") + name + R"("})")),
                  "400")
            << name;
    EXPECT_EQ(
        status(request("POST", "/collections", {}, R"({"name":"a","pipeline":"/etc/passwd"})")),
        "400");
    EXPECT_TRUE(fs::is_empty(folder / "data"));
}

TEST_F(HostileTest, BodiesThatExplodeAreRefused) {
    const std::string deep(100'000, '[');
    EXPECT_EQ(status(request("POST", "/collections", {}, deep)), "400");
    EXPECT_EQ(status(request("POST", "/collections", {}, "{\"name\":\"\xff\xfe\"}")), "400");
    const std::string wide = "{\"name\":" + std::string(1000, '1') + "}";
    EXPECT_EQ(status(request("POST", "/collections", {}, wide)), "400");

    // 64 MiB of zeros in a few kilobytes.
    const std::string bomb = lectern::server::gzipped(std::string(64 << 20, '0'));
    EXPECT_EQ(status(request("POST", "/collections", "Content-Encoding: gzip\r\n", bomb)), "413");
    EXPECT_EQ(status(request("POST", "/collections", "Content-Encoding: gzip\r\n", "no")), "400");
    EXPECT_EQ(status(request("POST", "/collections", "Content-Encoding: br\r\n", "x")), "415");

    // Said to be too large: refused before a byte of it is read.
    EXPECT_EQ(status(ask("POST /collections HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                         "99999999999\r\n\r\n")),
              "413");
    expect_alive();
}

TEST_F(HostileTest, SlowClientsHoldUpNobodyAndAreCutOff) {
    options.limits.header_time = std::chrono::seconds(1);
    options.limits.body_time = std::chrono::seconds(1);
    options.limits.requests = 4;
    start();
    const Client header(server->port());
    ASSERT_TRUE(header.send("GET / HTTP/1.1\r\nHo"));
    std::vector<std::unique_ptr<Client>> bodies;
    for (int i = 0; i < 8; ++i) {  // more than may run at once
        bodies.push_back(std::make_unique<Client>(server->port()));
        ASSERT_TRUE(
            bodies.back()->send("POST /collections HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Length: 100\r\n\r\n{\"na"));
    }
    EXPECT_EQ(status(request("GET", "/collections")), "200");
    EXPECT_EQ(header.rest(), "") << "closed when its time was over";
    for (const auto& body : bodies) EXPECT_EQ(body->rest(), "");
}

TEST_F(HostileTest, TheHeaderHasNoRoomForMore) {
    // A value that a handler gives back in a header cannot begin another one.
    const std::string response = request("GET", "/healthz", "traceparent: x\r\n");
    EXPECT_EQ(response.find("traceparent"), std::string::npos);
    const std::string kept =
        ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            "GET /healthz HTTP/1.0\r\n\r\n");
    std::size_t responses = 0;
    for (std::size_t at = 0; (at = kept.find("HTTP/1.1 200", at)) != std::string::npos; ++at)
        ++responses;
    EXPECT_EQ(responses, 3U) << kept;
}

TEST_F(HostileTest, TooManyConnectionsAreToldSo) {
    options.limits.connections = 3;
    start();
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<Client>(server->port()));
        clients.back()->send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(status(clients.back()->until("\r\n\r\n")), "200");
    }
    const std::string refused = request("GET", "/healthz");
    EXPECT_EQ(status(refused), "503");
    EXPECT_NE(refused.find("\r\nRetry-After: "), std::string::npos) << refused;
}

TEST_F(HostileTest, DrainingEndsWhatRunsAndRefusesWhatComes) {
    const Client client(server->port());
    // Half of a request: it runs as far as the server is concerned.
    ASSERT_TRUE(
        client.send("POST /collections HTTP/1.1\r\nHost: localhost\r\nExpect: "
                    "100-continue\r\nContent-Length: 2\r\n\r\n"));
    ASSERT_NE(client.until("\r\n\r\n").find("100 Continue"), std::string::npos);
    server->drain();
    EXPECT_EQ(status(request("GET", "/collections")), "503");
    EXPECT_EQ(status(request("GET", "/readyz")), "503");
    EXPECT_EQ(status(request("GET", "/healthz")), "200");
    ASSERT_TRUE(client.send("{}"));
    const std::string response = client.rest();
    EXPECT_EQ(status(response), "400") << response;  // the handler ran: {} has no name
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
    server->wait();
}

TEST_F(HostileTest, OtherAddressesNeedKeys) {
    ServerOptions open = options;
    open.listen = "0.0.0.0:0";
    const auto refused = Server::start(open);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.status().message().find("lectern key"), std::string::npos);
    open.listen = "nowhere";
    EXPECT_FALSE(Server::start(open).ok());
    open.listen = "127.0.0.1:0";
    open.tls_certificate = folder / "none.pem";
    EXPECT_FALSE(Server::start(open).ok());
}

}  // namespace
