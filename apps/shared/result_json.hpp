// apps/shared/result_json.hpp: JSON as the programs write it, which is api/'s.
#pragma once

#include "api/code_word.hpp"
#include "api/json_text.hpp"
#include "api/result_json.hpp"

namespace lectern::app {

using api::clean;
using api::json_of;
using api::json_text;
using api::milliseconds;
using api::parsed;
using api::word;

}  // namespace lectern::app
