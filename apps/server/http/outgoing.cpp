#include "apps/server/http/outgoing.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "apps/server/http/target.hpp"

namespace lectern::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Message = http::request<http::string_body>;

constexpr std::size_t longest_url = 2048;

Status no_address(std::string_view url, std::string_view why) {
    return {Code::invalid_argument, "'" + std::string(url.substr(0, 200)) +
                                        "' is no address to send to: " + std::string(why)};
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

Message message_of(const Destination& to, const std::vector<Header>& headers,
                   const std::string& body) {
    Message out{http::verb::post, to.target, 11};
    out.set(http::field::host, to.authority());
    out.set(http::field::user_agent, "lectern");
    out.set(http::field::connection, "close");
    for (const Header& header : headers) out.set(header.name, header.value);
    out.body() = body;
    out.prepare_payload();
    return out;
}

template <typename Stream>
asio::awaitable<unsigned> round_trip(Stream& stream, const Message& message) {
    co_await http::async_write(stream, message, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::empty_body> parser;  // what it says beside the status is not read
    co_await http::async_read_header(stream, buffer, parser, asio::use_awaitable);
    co_return parser.get().result_int();
}

std::vector<tcp::endpoint> endpoints_of(const std::vector<asio::ip::address>& addresses,
                                        const std::string& port) {
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    std::vector<tcp::endpoint> out;
    for (const asio::ip::address& address : addresses) out.emplace_back(address, number);
    return out;
}

asio::awaitable<unsigned> send(asio::io_context& io, const Destination& to,
                               const std::vector<tcp::endpoint>& endpoints,
                               const Message& message) {
    tcp::socket socket(io);
    co_await asio::async_connect(socket, endpoints, asio::use_awaitable);
    if (!to.secure) co_return co_await round_trip(socket, message);
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.set_default_verify_paths();
    tls.set_verify_mode(asio::ssl::verify_peer);
    tls.set_verify_callback(asio::ssl::host_name_verification(to.host));
    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
    SSL_set_tlsext_host_name(stream.native_handle(), to.host.c_str());
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    co_return co_await round_trip(stream, message);
}

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& failed) {
        return failed.code().message();
    } catch (const std::exception& failed) {
        return failed.what();
    }
}

}  // namespace

std::string Destination::authority() const {
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (secure ? "443" : "80")) out += ":" + port;
    return out;
}

Result<Destination> parse_destination(std::string_view url) {
    Destination out;
    out.url = std::string(url);
    if (url.size() > longest_url) return no_address(url, "it is longer than 2,048 bytes");
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= 127; }))
        return no_address(url, "it has a space or a letter that must be escaped");
    std::string_view rest = url;
    if (rest.starts_with("https://")) {
        out.secure = true;
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else {
        return no_address(url, "it must begin with http:// or https://");
    }
    const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view host = rest.substr(0, path);
    out.target = std::string(rest.substr(path));
    if (!out.target.starts_with('/')) out.target.insert(0, "/");
    if (host.find_first_of("@\\%") != std::string_view::npos)
        return no_address(url, "it has more than a host and a port before its path");
    out.port = out.secure ? "443" : "80";
    const std::size_t bracket = host.starts_with('[') ? host.find(']') : 0;
    if (bracket == std::string_view::npos) return no_address(url, "its host is not complete");
    if (const std::size_t colon = host.find(':', bracket); colon != std::string_view::npos) {
        out.port = std::string(host.substr(colon + 1));
        if (!is_port(out.port)) return no_address(url, "its port must be a number to 65535");
        out.port.erase(0, out.port.find_first_not_of('0'));
        host = host.substr(0, colon);
    }
    if (bracket > 0) {
        if (host.size() != bracket + 1) return no_address(url, "its host is not complete");
        host = host.substr(1, bracket - 1);
    }
    if (host.empty()) return no_address(url, "it has no host");
    out.host = std::string(host);
    for (char& c : out.host)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    Request path_only;
    path_only.target = out.target;
    if (const Status bad = read_target(path_only); !bad.ok()) return no_address(url, bad.message());
    out.segments = std::move(path_only.segments);
    return out;
}

bool is_within(const Destination& what, const Destination& allowed) {
    std::vector<std::string> begin = allowed.segments;
    while (!begin.empty() && begin.back().empty()) begin.pop_back();
    return what.secure == allowed.secure && what.host == allowed.host &&
           what.port == allowed.port && what.segments.size() >= begin.size() &&
           std::equal(begin.begin(), begin.end(), what.segments.begin());
}

Result<unsigned> post(const Destination& to, const std::vector<Header>& headers,
                      const std::string& body, std::chrono::milliseconds longest,
                      const std::stop_token& stop, const Resolver& resolver) {
    const auto until = std::chrono::steady_clock::now() + longest;
    LECTERN_ASSIGN(const auto addresses, addresses_of(to.host, until, stop, resolver));
    const std::vector<tcp::endpoint> endpoints = endpoints_of(addresses, to.port);
    const Message message = message_of(to, headers, body);
    asio::io_context io;
    std::optional<Result<unsigned>> out;
    asio::co_spawn(io, send(io, to, endpoints, message),
                   [&out](std::exception_ptr error, unsigned status) {
                       if (error)
                           out = Status{Code::unavailable, message_of(error)};
                       else
                           out = status;
                   });
    {
        const std::stop_callback stopped(stop, [&io] { io.stop(); });
        io.run_until(until);
    }
    if (out) return std::move(*out);
    if (stop.stop_requested()) return Status{Code::cancelled, "the server ends"};
    return Status{Code::deadline_exceeded,
                  "no response within " + std::to_string(longest.count()) + " ms"};
}

}  // namespace lectern::server
