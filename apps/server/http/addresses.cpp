#include "apps/server/http/addresses.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace lectern::server {
namespace {

namespace asio = boost::asio;

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::optional<asio::ip::address> address_in(const addrinfo& entry) {
    if (entry.ai_family == AF_INET && entry.ai_addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in one{};
        std::memcpy(&one, entry.ai_addr, sizeof one);
        return asio::ip::address_v4(ntohl(one.sin_addr.s_addr));
    }
    if (entry.ai_family == AF_INET6 && entry.ai_addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 one{};
        std::memcpy(&one, entry.ai_addr, sizeof one);
        asio::ip::address_v6::bytes_type bytes{};
        std::memcpy(bytes.data(), &one.sin6_addr, bytes.size());
        return asio::ip::address_v6(bytes, one.sin6_scope_id);
    }
    return {};
}

// Held by the thread that asks and by the one that waits, whichever of them ends first.
struct Question {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::optional<Result<std::vector<asio::ip::address>>> answer;
};

}  // namespace

Result<std::vector<asio::ip::address>> system_addresses(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;  // each address once
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    if (failed != 0)
        return Status{Code::unavailable,
                      "the host '" + host + "' has no address: " + ::gai_strerror(failed)};
    const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
    std::vector<asio::ip::address> out;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next)
        if (auto address = address_in(*one)) out.push_back(std::move(*address));
    if (out.empty()) return Status{Code::unavailable, "the host '" + host + "' has no address"};
    return out;
}

Result<std::vector<asio::ip::address>> addresses_of(const std::string& host,
                                                    std::chrono::steady_clock::time_point until,
                                                    const std::stop_token& stop,
                                                    const Resolver& resolver) {
    boost::system::error_code is_name;
    if (auto address = asio::ip::make_address(host, is_name); !is_name)
        return std::vector{std::move(address)};
    const auto question = std::make_shared<Question>();
    try {
        std::thread([question, host, resolver] {
            auto answer = resolver(host);
            const std::lock_guard lock(question->mutex);
            question->answer = std::move(answer);
            question->changed.notify_all();
        }).detach();
    } catch (const std::system_error& no_thread) {
        return Status{Code::unavailable, std::string("no thread can be made: ") + no_thread.what()};
    }
    std::unique_lock lock(question->mutex);
    if (question->changed.wait_until(lock, stop, until,
                                     [&question] { return question->answer.has_value(); }))
        return std::move(*question->answer);
    if (stop.stop_requested()) return Status{Code::cancelled, "the server ends"};
    return Status{Code::deadline_exceeded,
                  "the address of the host '" + host + "' was not found in time"};
}

}  // namespace lectern::server
