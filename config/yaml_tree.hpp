// config/yaml_tree.hpp: a YAML document as a tree that keeps places, quoting and duplicate keys.
//
// Made from yaml-cpp's events. Anchors, aliases, tags, a second document, keys that are not
// scalars, bytes that are not text, and what is deeper or larger than a pipeline file may be are
// refused, so a hostile file costs no more than its size.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::config {

struct YamlMark {
    int line = 1;  // from 1
    int column = 1;
    friend auto operator<=>(const YamlMark&, const YamlMark&) = default;
};

enum class YamlKind { null, scalar, list, map };

struct YamlNode {
    YamlKind kind = YamlKind::null;
    YamlMark mark = {};
    std::string text = {};  // of a scalar
    bool quoted = false;    // a scalar in quotes or a block scalar: always a string
    std::string key = {};   // of a map's item
    YamlMark key_mark = {};
    std::vector<YamlNode> items = {};  // of a list or a map
};

struct YamlError {
    YamlMark mark = {};
    std::string message = {};  // "what; what to do"
};

// The tree, or the first error.
struct YamlTree {
    YamlNode root;
    std::vector<YamlError> errors;
};
[[nodiscard]] YamlTree parse_yaml(std::string_view text, std::size_t max_bytes, int max_depth);

// "a list", "a number", ..., for messages.
[[nodiscard]] std::string describe(const YamlNode& node);

// A scalar or null by the core schema of YAML 1.2: null, true, 12, 0x1F, 0o17, 1.5e3, or a string.
// Fails for .inf and .nan, which JSON does not have, and for integers beyond 64 bits.
[[nodiscard]] Result<boost::json::value> scalar_to_json(const YamlNode& node);

}  // namespace lectern::config
