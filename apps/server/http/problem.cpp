#include "apps/server/http/problem.hpp"

#include <utility>

#include "api/code_word.hpp"
#include "api/result_json.hpp"

namespace lectern::server {

namespace {

boost::json::object document_of(unsigned status, std::string_view code, std::string_view detail) {
    return {{"type", "about:blank"},
            {"title", reason(status)},
            {"status", status},
            {"detail", detail},
            {"code", code}};
}

}  // namespace

Response problem(unsigned status, std::string_view code, std::string_view detail,
                 std::string_view field) {
    Problem failure{std::string(code), std::string(api::clean(detail)), std::string(field)};
    Response out{status, "application/problem+json", {}, {}};
    out.body = boost::json::serialize(document_of(status, failure.code, failure.detail));
    out.failure = std::move(failure);
    return out;
}

unsigned http_status(Code code) noexcept {
    switch (code) {
        case Code::ok: return 200;
        case Code::invalid_argument: return 400;
        case Code::not_found: return 404;
        case Code::unsupported: return 422;
        case Code::corrupt: return 500;
        case Code::resource_exhausted: return 507;
        case Code::cancelled: return 503;
        case Code::deadline_exceeded: return 504;
        case Code::unavailable: return 503;
        case Code::internal: return 500;
    }
    return 500;
}

Response problem(const Status& status, std::string_view field) {
    return problem(http_status(status.code()), api::word(status.code()), status.message(), field);
}

boost::json::object problem_document(const Response& failed) {
    const Problem failure = failed.failure.value_or(Problem{});
    return document_of(failed.status, failure.code, failure.detail);
}

boost::json::object problem_document(const Status& status) {
    return document_of(http_status(status.code()), api::word(status.code()),
                       api::clean(status.message()));
}

Response unsupported_coding() {
    Response out = problem(415, "unsupported_coding", "the body's coding must be gzip or identity");
    out.headers.push_back({"Accept-Encoding", "gzip"});
    return out;
}

Response too_many(std::string_view detail, unsigned retry_after_seconds) {
    Response out = problem(429, "rate_limited", detail);
    out.headers.push_back({"Retry-After", std::to_string(retry_after_seconds)});
    return out;
}

}  // namespace lectern::server
