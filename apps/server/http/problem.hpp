// apps/server/http/problem.hpp: failures as problem documents (RFC 9457).
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "apps/server/http/message.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// {"type": "about:blank", "title": the status's phrase, "status": …, "detail": …, "code": …}
// `code` is one word for programs: "not_found", "rate_limited".
// `field`: of the request, where the failure is about one.
[[nodiscard]] Response problem(unsigned status, std::string_view code, std::string_view detail,
                               std::string_view field = {});

// The engine's failure, or that of a field.
[[nodiscard]] Response problem(const Status& status, std::string_view field = {});

// The same document where it stands in another one: of a response that one of those above has made,
// and of a failure.
[[nodiscard]] boost::json::object problem_document(const Response& failed);
[[nodiscard]] boost::json::object problem_document(const Status& status);

[[nodiscard]] unsigned http_status(Code code) noexcept;

// 415 that says which coding of a body will do.
[[nodiscard]] Response unsupported_coding();

// 429 with Retry-After.
[[nodiscard]] Response too_many(std::string_view detail, unsigned retry_after_seconds = 1);

}  // namespace lectern::server
