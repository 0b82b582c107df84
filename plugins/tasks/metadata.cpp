#include "plugins/tasks/metadata.hpp"

#include <boost/json.hpp>
#include <cmath>

#include "text/text.hpp"

namespace lectern::tasks {
namespace {

namespace json = boost::json;

json::object fields_of(std::string_view metadata) {
    if (metadata.empty()) return {};
    boost::system::error_code error;
    json::value value = json::parse({metadata.data(), metadata.size()}, error);
    if (error || !value.is_object())
        shared::fail(LECTERN_INVALID_ARGUMENT, "the document's metadata is not a JSON object");
    return std::move(value.get_object());
}

// Four digits: what is behind them differs between machines.
double rounded(float score) {
    return std::round(double{score} * 1e4) / 1e4;
}

void add_once(json::object& fields, const std::string& key, std::string_view value) {
    json::value& list = fields[key];
    if (!list.is_array()) list = json::array();
    for (const json::value& known : list.get_array())
        if (known.is_string() && std::string_view(known.get_string()) == value) return;
    list.get_array().emplace_back(value);
}

void put(json::object& fields, const std::string& into, const Labelled& label) {
    fields[into] = label.label;
    fields[into + "_score"] = rounded(label.score);
}

}  // namespace

std::string with_label(std::string_view metadata, const std::string& into, const Labelled& label) {
    json::object fields = fields_of(metadata);
    put(fields, into, label);
    return json::serialize(fields);
}

std::string with_fields(std::string_view metadata, const std::string& into,
                        const Classifier& classifier, const Classification& found,
                        std::string_view text) {
    json::object fields = fields_of(metadata);
    if (classifier.finds_entities()) {
        fields[into] = json::array();
        for (const Entity& entity : found.entities) {
            const std::string_view name = text.substr(entity.begin, entity.end - entity.begin);
            add_once(fields, into, name);
            add_once(fields, into + "_" + text::fold(entity.type), name);
        }
    } else if (classifier.multiple()) {
        fields[into] = json::array();
        for (const Labelled& label : found.labels) add_once(fields, into, label.label);
    } else if (!found.labels.empty()) {
        put(fields, into, found.labels.front());
    }
    return json::serialize(fields);
}

}  // namespace lectern::tasks
