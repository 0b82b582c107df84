// engine/plugin_host/option_schema.hpp: the options of a stage type, described by the plugin and
// checked as every option is (api/schema.hpp). Keywords of JSON Schema that are not known there are
// read over.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "api/schema.hpp"
#include "lectern/status.hpp"

namespace lectern::host {

// Immutable once parsed; safe from any thread.
class OptionSchema {
 public:
    // The schema of one stage type. "" describes a stage without options.
    [[nodiscard]] static Result<OptionSchema> parse(std::string_view json);

    // "bert.yaml:12:5" for the path of an option ("window/size"; "" is the stage itself), or "".
    using PlaceOf = std::function<std::string(std::string_view path)>;

    // The options with defaults filled in. An option that is null is as if it was not given. The
    // failure has one line for each error: "PLACE: WHERE.window.size: what; what to do".
    [[nodiscard]] Result<boost::json::object> apply(const boost::json::object& options,
                                                    const std::string& where,
                                                    const PlaceOf& place_of) const;

 private:
    api::Schema root_;
};

}  // namespace lectern::host
