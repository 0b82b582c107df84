// apps/server/net/notify.hpp: tells systemd how the service is (sd_notify(3), Type=notify in its
// unit).
#pragma once

#include <string_view>

namespace lectern::server {

// "READY=1", "RELOADING=1", "STOPPING=1", a line each. Does nothing without NOTIFY_SOCKET, which
// systemd sets; nobody is told when it cannot be sent, for nobody could do anything about it.
void notify_service_manager(std::string_view state) noexcept;

}  // namespace lectern::server
