// apps/server/api/fields.hpp: the fields of requests, which are api/'s.
#pragma once

#include "api/fields.hpp"

namespace lectern::server {

using api::Fields;
using api::parse_json;

}  // namespace lectern::server
