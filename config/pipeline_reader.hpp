// config/pipeline_reader.hpp: the checks of a pipeline file, one member function a section. Its
// steps are read in pipeline_steps.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/described.hpp"
#include "config/pipeline.hpp"
#include "config/yaml_tree.hpp"

namespace lectern::config {

// A name in a message.
[[nodiscard]] inline std::string in_quotes(std::string_view name) {
    return "'" + std::string(name) + "'";
}

// Reads one tree into a PipelineConfig and collects every error on the way. Use once.
class PipelineReader {
 public:
    explicit PipelineReader(std::string_view file) : file_(file) {}

    // The config is whole only when errors() is empty.
    [[nodiscard]] PipelineConfig read(const YamlNode& root);
    void fail(YamlMark mark, std::string message);
    // In the file's order.
    [[nodiscard]] std::vector<YamlError> take_errors();

 private:
    using Names = std::vector<std::string_view>;
    enum class Line { ingest, query, branch };

    // The items of a map by key, after complaints about unknown and repeated keys.
    using Fields = std::map<std::string_view, const YamlNode*>;
    Fields fields(const YamlNode& map, const Names& known, std::string_view where);
    // The map at a key, or nullptr and a complaint.
    bool is_map(const YamlNode& node, std::string_view what);

    void read_version(const Fields& top);
    void read_stages(const YamlNode& node);
    void read_stage(const YamlNode& node);
    void read_prompt(const YamlNode& node, StageConfig& stage);
    void read_languages(const YamlNode& node);
    void read_options(const YamlNode& node, const std::string& path, StageConfig& stage,
                      boost::json::value& out);
    void read_steps(const YamlNode& node, Line line, std::vector<Step>& out);
    void read_step(const YamlNode& node, Line line, std::vector<Step>& out);
    bool read_built_in(const YamlNode& node, const std::string& name, Line line, Step& step);
    bool read_settings(const YamlNode& node, Line line, Step& step);
    bool read_choice(const YamlNode& node, Step& step);
    bool read_branches(const YamlNode& node, Step& step);
    std::string read_choice_item(const YamlNode& node);
    void check_line(const YamlNode& node, Line line, const std::vector<Step>& steps);
    void check_fused(const std::vector<Step>& steps);
    void check_repeats(Line line, const std::vector<Step>& steps, std::set<std::string>& seen);
    void check_unused();
    // A built-in step's name that no stage may have.
    [[nodiscard]] static bool is_reserved(std::string_view name);
    [[nodiscard]] bool is_built_in(const std::string& name) const;
    void check_stage_exists(const std::string& name, YamlMark mark);

    std::string read_name(const YamlNode& node, std::string_view what);
    void read_size(const Fields& fields, std::string_view key, std::uint64_t least,
                   std::uint64_t& out);
    void read_count(const Fields& fields, std::string_view key, std::string_view where,
                    unsigned least, unsigned most, unsigned& out);
    // What a node says, where it is what its key's description wants; else a complaint.
    std::optional<boost::json::value> read_value(const YamlNode& node, const api::Schema& schema,
                                                 const std::string& name);
    template <typename T>
    static Names names_of(const api::Table<T>& table) {
        Names out;
        for (const api::Bound<T>& key : table) out.push_back(key.description.name);
        return out;
    }
    template <typename T>
    void read_described(const Fields& fields, const api::Table<T>& table, const std::string& where,
                        T& out) {
        for (const api::Bound<T>& key : table) {
            const auto found = fields.find(key.description.name);
            if (found == fields.end()) continue;
            const auto value =
                read_value(*found->second, schema_of(key.description, key.kind, key.get(out)),
                           where + "." + std::string(key.description.name));
            if (value) key.set(out, *value);
        }
    }

    [[nodiscard]] Place place(YamlMark mark) const { return {file_, mark.line, mark.column}; }

    std::string file_;
    PipelineConfig config_;
    std::vector<YamlError> errors_;
};

}  // namespace lectern::config
