#include "apps/server/net/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

// What systemd has: a datagram socket whose address is in NOTIFY_SOCKET.
class Manager {
 public:
    explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
    }
    // The next message, or "" when there is none.
    [[nodiscard]] std::string next() const {
        std::array<char, 256> bytes{};
        const auto got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string();
    }

 private:
    int socket_;
};

TEST(Notify, TellsTheServiceManager) {
    const TestFolder folder;
    const std::string pathless = "@lectern-notify-test-" + std::to_string(::getpid());
    for (const std::string& name : {(folder.path() / "notify").string(), pathless}) {
        SCOPED_TRACE(name);
        const Manager manager(name);
        notify_service_manager("READY=1");
        notify_service_manager("STOPPING=1");
        EXPECT_EQ(manager.next(), "READY=1");
        EXPECT_EQ(manager.next(), "STOPPING=1");
        EXPECT_EQ(manager.next(), "");
    }
}

TEST(Notify, DoesNothingWithoutAServiceManager) {
    ::unsetenv("NOTIFY_SOCKET");
    notify_service_manager("READY=1");
    for (const char* name : {"", "@", "relative", "/there/is/no/such/socket"}) {
        ::setenv("NOTIFY_SOCKET", name, 1);
        notify_service_manager("READY=1");
    }
    ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);  // longer than sun_path
    notify_service_manager("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace lectern::server
