// apps/server/http/problem.hpp: failures as problem documents (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "apps/server/http/message.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// {"type": "about:blank", "title": the status's phrase, "status": …, "detail": …, "code": …}
// `code` is one word for programs: "not_found", "rate_limited".
[[nodiscard]] Response problem(unsigned status, std::string_view code, std::string_view detail);

// The engine's failure.
[[nodiscard]] Response problem(const Status& status);
[[nodiscard]] unsigned http_status(Code code) noexcept;

// 415 that says which coding of a body will do.
[[nodiscard]] Response unsupported_coding();

// 429 with Retry-After.
[[nodiscard]] Response too_many(std::string_view detail, unsigned retry_after_seconds = 1);

}  // namespace lectern::server
