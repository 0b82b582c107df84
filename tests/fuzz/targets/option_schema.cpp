// A plugin's option schema, and options checked by it.
#include "engine/plugin_host/option_schema.hpp"

#include <boost/json/parse.hpp>

#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const auto schema = host::OptionSchema::parse(take_part(input));
    if (!schema) return;
    boost::json::error_code error;
    const boost::json::value options = boost::json::parse(input, error);
    const auto place = [](std::string_view path) { return std::string(path); };
    const boost::json::object given =
        !error && options.is_object() ? options.get_object() : boost::json::object{};
    const auto checked = schema->apply(given, "stage", place);
    if (!checked) return;
    must(schema->apply(*checked, "stage", place).ok(), "options that were checked fit");
}

}  // namespace lectern::fuzz
