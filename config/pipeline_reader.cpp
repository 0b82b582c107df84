#include "config/pipeline_reader.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "config/pipeline_fields.hpp"
#include "text/suggest.hpp"

namespace lectern::config {
namespace {

bool is_name(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), letter);
}

// "memory" at the top, "search.candidates" below.
std::string dotted(std::string_view where, std::string_view key) {
    return where.empty() ? std::string(key) : std::string(where) + "." + std::string(key);
}

// "window/size" as messages write it: "window.size".
std::string dots(std::string path) {
    std::replace(path.begin(), path.end(), '/', '.');
    return path;
}

std::string format_size(std::uint64_t bytes) {
    for (const auto& [shift, unit] : {std::pair{30, " GiB"}, {20, " MiB"}, {10, " KiB"}}) {
        const std::uint64_t one = std::uint64_t{1} << shift;
        if (bytes >= one && bytes % one == 0) return std::to_string(bytes >> shift) + unit;
    }
    return std::to_string(bytes) + " bytes";
}

std::string format_fraction(double value) {
    std::string out = std::to_string(value);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.')) out.pop_back();
    return out;
}

constexpr std::size_t most_stages = 256;

}  // namespace

void PipelineReader::fail(YamlMark mark, std::string message) {
    errors_.push_back({mark, std::move(message)});
}

std::vector<YamlError> PipelineReader::take_errors() {
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const YamlError& a, const YamlError& b) { return a.mark < b.mark; });
    return std::exchange(errors_, {});
}

bool PipelineReader::is_map(const YamlNode& node, std::string_view what) {
    if (node.kind == YamlKind::map) return true;
    fail(node.mark,
         in_quotes(what) + " is " + describe(node) + "; give it a map of keys and values");
    return false;
}

PipelineReader::Fields PipelineReader::fields(const YamlNode& map, const Names& known,
                                              std::string_view where) {
    Fields out;
    for (const YamlNode& item : map.items) {
        if (std::find(known.begin(), known.end(), item.key) == known.end()) {
            fail(item.key_mark,
                 "unknown key " + in_quotes(dotted(where, item.key)) +
                     text::did_you_mean(item.key, known, "; known keys: " + text::list(known)));
            continue;
        }
        const auto [at, added] = out.emplace(item.key, &item);
        if (!added)
            fail(item.key_mark, in_quotes(dotted(where, item.key)) +
                                    " is given twice; remove one (the first is in line " +
                                    std::to_string(at->second->key_mark.line) + ")");
    }
    return out;
}

PipelineConfig PipelineReader::read(const YamlNode& root) {
    if (root.kind != YamlKind::map) {
        fail(root.mark, "the file is " + describe(root) +
                            "; a pipeline file begins with 'version: 1' and further keys");
        return std::move(config_);
    }
    const Fields top = fields(root,
                              {"version", "pipeline", "memory", "threads", "max_document", "stages",
                               "ingest", "query", "search", "answer"},
                              "");
    read_version(top);
    for (const std::string_view key : {"pipeline", "stages", "ingest", "query"})
        if (!top.contains(key))
            fail({},
                 in_quotes(key) + " is missing; add it (docs/configuration.md shows a whole file)");

    if (top.contains("pipeline")) config_.name = read_name(*top.at("pipeline"), "pipeline");
    read_size(top, "memory", std::uint64_t{16} << 20, config_.memory);
    read_size(top, "max_document", 1024, config_.max_document);
    read_count(top, "threads", "", 0, 1024, config_.threads);
    if (config_.max_document > config_.memory) {
        const auto at = top.contains("max_document") ? top.at("max_document") : top.at("memory");
        fail(at->mark, "max_document (" + format_size(config_.max_document) +
                           ") is more than memory (" + format_size(config_.memory) +
                           "); raise memory or lower max_document");
    }
    if (top.contains("stages")) read_stages(*top.at("stages"));
    if (top.contains("ingest")) read_steps(*top.at("ingest"), Line::ingest, config_.ingest);
    if (top.contains("query")) read_steps(*top.at("query"), Line::query, config_.query);

    if (top.contains("search") && is_map(*top.at("search"), "search")) {
        const Fields given = fields(*top.at("search"), names_of(search_keys()), "search");
        read_described(given, search_keys(), "search", config_.search);
        if (const auto found = given.find("synonyms"); found != given.end())
            config_.search.synonyms_place = place(found->second->mark);
    }
    if (top.contains("answer") && is_map(*top.at("answer"), "answer")) {
        Names known = names_of(answer_keys());
        known.push_back("languages");
        const Fields given = fields(*top.at("answer"), known, "answer");
        read_described(given, answer_keys(), "answer", config_.answer);
        if (given.contains("languages")) read_languages(*given.at("languages"));
    }
    check_unused();
    return std::move(config_);
}

void PipelineReader::read_version(const Fields& top) {
    if (!top.contains("version")) {
        fail({}, "'version' is missing; add 'version: 1' as the first line");
        return;
    }
    const YamlNode& node = *top.at("version");
    if (node.kind == YamlKind::scalar && node.text == "1") return;
    fail(node.mark, "version is " + describe(node) + ", and this engine reads version 1; " +
                        "write 'version: 1', or use the Lectern that the file was written for");
}

std::string PipelineReader::read_name(const YamlNode& node, std::string_view what) {
    if (node.kind == YamlKind::scalar && is_name(node.text)) return node.text;
    fail(node.mark, in_quotes(what) + " is " + describe(node) +
                        "; give it a name of letters, digits, '-' and '_'");
    return {};
}

void PipelineReader::read_size(const Fields& fields, std::string_view key, std::uint64_t least,
                               std::uint64_t& out) {
    const auto found = fields.find(key);
    if (found == fields.end()) return;
    const YamlNode& node = *found->second;
    if (node.kind != YamlKind::scalar) {
        fail(node.mark, in_quotes(key) + " is " + describe(node) +
                            "; write a number and a unit such as 256 MiB or 2 GB");
        return;
    }
    const Result<std::uint64_t> size = parse_size(node.text);
    if (!size) {
        fail(node.mark, in_quotes(key) + ": " + size.status().message());
        return;
    }
    if (*size < least) {
        fail(node.mark,
             in_quotes(key) + " is " + node.text + "; the least is " + format_size(least));
        return;
    }
    out = *size;
}

void PipelineReader::read_count(const Fields& fields, std::string_view key, std::string_view where,
                                unsigned least, unsigned most, unsigned& out) {
    const auto found = fields.find(key);
    if (found == fields.end()) return;
    const YamlNode& node = *found->second;
    std::optional<std::int64_t> value;
    if (node.kind == YamlKind::scalar) {
        const auto json = scalar_to_json(node);
        if (json && json->is_int64()) value = json->get_int64();
    }
    if (value && *value >= least && *value <= most) {
        out = static_cast<unsigned>(*value);
        return;
    }
    fail(node.mark, in_quotes(dotted(where, key)) + " is " + describe(node) +
                        "; give it a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most));
}

std::optional<boost::json::value> PipelineReader::read_value(const YamlNode& node,
                                                             const api::Schema& schema,
                                                             const std::string& name) {
    const bool text = schema.is(api::Type::string);
    std::optional<boost::json::value> value;
    if (node.kind == YamlKind::scalar) {
        // What is not in quotes may look like something else: `language: none`.
        if (text)
            value = boost::json::value(node.text);
        else if (auto scalar = scalar_to_json(node); scalar.ok())
            value = std::move(*scalar);
    }
    if (value) {
        api::Complaints complaints;
        value = api::check(schema, *value, "", complaints);
        if (complaints.empty()) return value;
    }
    std::string such_as;
    if (schema.is(api::Type::number) && schema.initial)
        such_as = ", such as " + format_fraction(schema.initial->to_number<double>());
    fail(node.mark,
         in_quotes(name) + " is " + describe(node) + "; give it " + must_be(schema) + such_as);
    return {};
}

// --------------------------------------------------------------------- stages

void PipelineReader::read_stages(const YamlNode& node) {
    if (!is_map(node, "stages")) return;
    if (node.items.size() > most_stages) {
        fail(node.mark, "'stages' has " + std::to_string(node.items.size()) +
                            " entries; the most is " + std::to_string(most_stages));
        return;
    }
    if (node.items.empty()) fail(node.mark, "'stages' is empty; define at least an extractor");
    for (const YamlNode& item : node.items) {
        if (!is_name(item.key)) {
            fail(item.key_mark, in_quotes(item.key.substr(0, 40)) +
                                    " is not a stage's name; use letters, digits, '-' and '_'");
        } else if (is_reserved(item.key)) {
            fail(item.key_mark,
                 in_quotes(item.key) + " is a built-in step; give the stage another name");
        } else if (const StageConfig* first = config_.find(item.key); first != nullptr) {
            fail(item.key_mark, in_quotes("stages." + item.key) +
                                    " is given twice; remove one (the first is in line " +
                                    std::to_string(first->place.line) + ")");
        } else {
            read_stage(item);
        }
    }
}

void PipelineReader::read_stage(const YamlNode& node) {
    const std::string where = "stages." + node.key;
    // Kept even when it is wrong, so that the steps that name it are not wrong too.
    StageConfig& stage = config_.stages.emplace_back();
    stage.name = node.key;
    stage.place = place(node.key_mark);
    stage.plugin_place = stage.place;
    stage.stage_place = stage.place;
    if (!is_map(node, where)) return;

    const Fields given =
        fields(node, {"plugin", "stage", "parallelism", "options", "prompt"}, where);
    if (given.contains("plugin")) {
        const YamlNode& plugin = *given.at("plugin");
        stage.plugin = read_name(plugin, where + ".plugin");
        stage.plugin_place = place(plugin.mark);
        stage.stage_place = stage.plugin_place;
    } else {
        fail(node.mark, in_quotes(where + ".plugin") + " is missing; name the plugin of the stage");
    }
    if (given.contains("stage")) {
        stage.stage = read_name(*given.at("stage"), where + ".stage");
        stage.stage_place = place(given.at("stage")->mark);
    }
    read_count(given, "parallelism", where, 0, 1024, stage.parallelism);
    if (given.contains("prompt")) read_prompt(*given.at("prompt"), stage);
    if (!given.contains("options")) return;
    const YamlNode& options = *given.at("options");
    if (options.kind == YamlKind::null || !is_map(options, where + ".options")) return;
    boost::json::value value;
    read_options(options, "", stage, value);
    if (value.is_object()) stage.options = std::move(value.get_object());
}

void PipelineReader::read_prompt(const YamlNode& node, StageConfig& stage) {
    if (node.kind == YamlKind::scalar && node.text.find("{text}") != std::string::npos) {
        stage.prompt = node.text;
        return;
    }
    fail(node.mark, in_quotes("stages." + stage.name + ".prompt") + " is " + describe(node) +
                        "; give it a text with {text}, which stands for each sentence");
}

void PipelineReader::read_languages(const YamlNode& node) {
    if (!is_map(node, "answer.languages")) return;
    for (const YamlNode& item : node.items) {
        if (!is_name(item.key)) {
            fail(item.key_mark, in_quotes(item.key) +
                                    " is no name of a language; use letters, digits, '-' and '_', "
                                    "as in 'pt'");
            continue;
        }
        const std::string stage = read_name(item, "answer.languages." + item.key);
        if (stage.empty()) continue;
        check_stage_exists(stage, item.mark);
        if (!config_.answer.languages.emplace(item.key, stage).second)
            fail(item.key_mark,
                 in_quotes("answer.languages." + item.key) + " is given twice; remove one");
    }
}

// Depth is bounded by max_pipeline_depth.
// NOLINTNEXTLINE(misc-no-recursion)
void PipelineReader::read_options(const YamlNode& node, const std::string& path, StageConfig& stage,
                                  boost::json::value& out) {
    const auto below = [&](const std::string& key) {
        return path.empty() ? key : path + "/" + key;
    };
    if (!path.empty()) stage.option_places.emplace(path, place(node.mark));
    if (node.kind == YamlKind::map) {
        boost::json::object object;
        for (const YamlNode& item : node.items) {
            const std::string item_path = below(item.key);
            if (object.contains(item.key)) {
                fail(item.key_mark,
                     in_quotes("stages." + stage.name + ".options." + dots(item_path)) +
                         " is given twice; remove one (the first is in line " +
                         std::to_string(stage.option_places[item_path].line) + ")");
                continue;
            }
            read_options(item, item_path, stage, object[item.key]);
            // A map's item is found at its key.
            stage.option_places[item_path] = place(item.key_mark);
        }
        out = std::move(object);
        return;
    }
    if (node.kind == YamlKind::list) {
        boost::json::array array(node.items.size());
        for (std::size_t i = 0; i < node.items.size(); ++i)
            read_options(node.items[i], below(std::to_string(i)), stage, array[i]);
        out = std::move(array);
        return;
    }
    Result<boost::json::value> value = scalar_to_json(node);
    if (!value) {
        fail(node.mark, in_quotes("stages." + stage.name + ".options." + dots(path)) + ": " +
                            value.status().message());
        return;
    }
    out = std::move(*value);
}

void PipelineReader::check_unused() {
    std::set<std::string_view> used;
    for (const auto* steps : {&config_.ingest, &config_.query})
        for (const Step* step : all_steps(*steps))
            used.insert(step->stages.begin(), step->stages.end());
    for (const auto& [language, stage] : config_.answer.languages) used.insert(stage);
    for (const StageConfig& stage : config_.stages)
        if (!used.contains(stage.name))
            config_.warnings.push_back(stage.place.text() + ": " + in_quotes(stage.name) +
                                       " is defined but stands in neither ingest nor query; "
                                       "use it or remove it");
}

}  // namespace lectern::config
