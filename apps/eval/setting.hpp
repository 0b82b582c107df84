// apps/eval/setting.hpp: how the queries are searched: what --compare varies.
#pragma once

#include <string>
#include <string_view>

#include "lectern/lectern.hpp"

namespace lectern::app {

struct Setting {
    std::string name{};      // as the user wrote it
    std::string pipeline{};  // "": the collection's
    SearchOptions search{};
};

// "key=value,key=value" over `base`. Keys: feedback, filter, fusion, mode, pipeline, weight. A
// filter may have commas in it: it is the last.
[[nodiscard]] Result<Setting> parse_setting(std::string_view text, const Setting& base);

}  // namespace lectern::app
