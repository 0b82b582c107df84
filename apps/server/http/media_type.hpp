// apps/server/http/media_type.hpp: what a route's body may be, by its header Content-Type.
#pragma once

#include <optional>
#include <string_view>

#include "apps/server/http/message.hpp"

namespace lectern::server {

enum class Body {
    json,   // one JSON value
    lines,  // one JSON value a line, or one JSON value
    bytes   // a file
};

// 415 for a body that says that it is something else. What says nothing, or says what programs say
// when nobody told them (curl -d: application/x-www-form-urlencoded), is taken as what it must be;
// a form with parts (curl -F) never is: its parts are not the body.
[[nodiscard]] std::optional<Response> refuse_type(Body body, std::string_view content_type);

}  // namespace lectern::server
