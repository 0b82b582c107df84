#include "engine/plugin_host/option_schema.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <utility>
#include <vector>

namespace lectern::host {
namespace {

Status wrong_schema(std::string_view what) {
    return {Code::invalid_argument, "the option schema is broken at " + std::string(what)};
}

}  // namespace

Result<OptionSchema> OptionSchema::parse(std::string_view json) {
    OptionSchema out;
    out.root_.types = {api::Type::object};
    out.root_.has_properties = true;
    if (json.empty()) return out;

    boost::json::error_code error;
    boost::json::parse_options limits;
    limits.max_depth = 2 * api::max_schema_depth + 4;  // a level of options is two of JSON
    const boost::json::value parsed = boost::json::parse(json, error, {}, limits);
    if (error) return wrong_schema("its top: not JSON: " + error.message());
    auto root = api::parse_schema(parsed);
    if (!root) return wrong_schema(root.status().message());
    out.root_ = std::move(*root);
    if (out.root_.types.empty()) out.root_.types = {api::Type::object};
    if (out.root_.types != std::vector{api::Type::object})
        return wrong_schema("its top: the type of all options together is \"object\"");
    out.root_.has_properties = true;
    return out;
}

Result<boost::json::object> OptionSchema::apply(const boost::json::object& options,
                                                const std::string& where,
                                                const PlaceOf& place_of) const {
    api::Complaints complaints;
    boost::json::value out = api::check(root_, options, "", complaints);
    if (complaints.empty()) return std::move(out.get_object());
    std::string message;
    for (const api::Complaint& complaint : complaints) {
        if (!message.empty()) message += '\n';
        const std::string place = place_of ? place_of(complaint.path) : std::string{};
        std::string dotted = complaint.path;
        std::replace(dotted.begin(), dotted.end(), '/', '.');
        message += (place.empty() ? std::string{} : place + ": ") + where + "." + dotted + ": " +
                   complaint.message;
    }
    return {Code::invalid_argument, std::move(message)};
}

}  // namespace lectern::host
