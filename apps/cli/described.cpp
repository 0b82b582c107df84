#include "apps/cli/described.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace lectern::app {
namespace {

namespace json = boost::json;
using api::Type;

std::string flag_of(const api::Description& description) {
    if (!description.flag.empty()) return std::string(description.flag);
    std::string out = "--" + std::string(description.name);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

// "Most hits (default: 10)".
std::string help_of(const api::Description& description, const api::Schema& schema) {
    std::string out(description.text);
    if (!out.empty() && out.front() >= 'a' && out.front() <= 'z')
        out.front() = static_cast<char>(out.front() - 32);
    if (!description.left_out.empty())
        out += " (default: " + std::string(description.left_out) + ")";
    else if (schema.initial && !schema.is(Type::boolean))
        out += " (default: " + json::serialize(*schema.initial) + ")";
    return out;
}

// What stands for the value in the help: "FIELD", "{list,each}", "0 to 1".
std::string value_name(const api::Description& description, const api::Schema& schema) {
    if (!description.value_name.empty()) return std::string(description.value_name);
    if (!schema.choices.empty()) {
        std::string out;
        for (const json::value& choice : schema.choices)
            out += (out.empty() ? "{" : ",") + std::string(choice.as_string());
        return out + "}";
    }
    const bool number = schema.is(Type::integer) || schema.is(Type::number);
    return number ? "NUMBER" : "TEXT";
}

// Words of the command line are texts: what one says as a value of the schema.
json::value value_of(const std::string& word, const api::Schema& schema) {
    if (schema.is(Type::string)) return json::value(word);
    double number = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
    if (end.ec != std::errc() || end.ptr != word.data() + word.size()) return json::value(word);
    return number;
}

json::value checked(const api::Schema& schema, const json::value& value, const std::string& flag) {
    api::Complaints complaints;
    json::value out = api::check(schema, value, "", complaints);
    if (!complaints.empty()) throw CLI::ValidationError(flag, "must be " + api::must_be(schema));
    return out;
}

}  // namespace

void add_described(CLI::App& command, const api::Description& description,
                   const api::Schema& schema, std::function<void(const json::value&)> set) {
    const std::string flag = flag_of(description);
    const std::string help = help_of(description, schema);
    if (schema.is(Type::boolean)) {
        // What the pipeline may say as well can be taken back, too.
        const bool both_ways = !description.left_out.empty();
        command.add_flag_function(
            both_ways ? flag + ",!--no-" + flag.substr(2) : flag,
            [set = std::move(set)](std::int64_t count) { set(json::value(count > 0)); }, help);
        return;
    }
    if (schema.is(Type::array)) {
        const api::Schema& item = schema.items.front();
        command
            .add_option_function<std::vector<std::string>>(
                flag,
                [schema, item, flag, set = std::move(set)](const std::vector<std::string>& words) {
                    json::array values;
                    for (const std::string& word : words) values.push_back(value_of(word, item));
                    set(checked(schema, values, flag));
                },
                help + "; may be given again")
            ->type_name(value_name(description, item))
            ->allow_extra_args(false);
        return;
    }
    CLI::Option* option = command
                              .add_option_function<std::string>(
                                  flag,
                                  [schema, flag, set = std::move(set)](const std::string& word) {
                                      set(checked(schema, value_of(word, schema), flag));
                                  },
                                  help)
                              ->type_name(value_name(description, schema));
    if (!description.implied.empty())
        option->expected(0, 1)->default_str(std::string(description.implied));
}

}  // namespace lectern::app
