// apps/server/api/reply.hpp: what the requests that write text share: the result as one JSON
// object, or as server-sent events where the request wants them. The first event begins the stream:
// what fails before it is a problem document. Threads: as Call.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "api/fields.hpp"
#include "apps/server/api/call.hpp"

namespace lectern::server {

// Tokens that were embedded for a query, as its stages say.
[[nodiscard]] std::uint64_t query_tokens(const std::vector<StageTiming>& stages);

class Reply {
 public:
    // Takes the fields `explain` and `stream` (without it: what the header Accept wants).
    Reply(Call& call, api::Fields& fields);

    [[nodiscard]] bool streams() const noexcept { return streams_; }
    void send(std::string_view name, const boost::json::value& data) const;
    // Sends events `text`; empty when nothing is streamed.
    [[nodiscard]] std::function<void(std::string_view)> text() const;
    [[nodiscard]] Response failed(const Status& status) const;
    // `event_name`: of the last event, which holds the whole result.
    [[nodiscard]] Response done(std::string_view event_name, boost::json::object out,
                                std::uint64_t generated_tokens, Timing timing) const;

 private:
    Call& call_;
    bool explain_ = false;
    bool streams_ = false;
};

}  // namespace lectern::server
