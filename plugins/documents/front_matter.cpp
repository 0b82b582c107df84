#include "documents/front_matter.hpp"

#include <toml++/toml.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/markup.hpp"

namespace lectern::documents {
namespace {

constexpr std::size_t largest = 65536;  // bytes; a longer one is text between two rules

struct Line {
    std::string_view text;
    std::size_t end = 0;  // behind its line end
};

// Lines end with LF, CR LF, or CR alone.
Line line_at(std::string_view text, std::size_t begin) noexcept {
    const std::size_t stop = std::min(text.find_first_of("\r\n", begin), text.size());
    std::size_t end = std::min(stop + 1, text.size());
    if (text.substr(stop).starts_with("\r\n")) end = stop + 2;
    return {text.substr(begin, stop - begin), end};
}

std::string_view without_blanks_behind(std::string_view line) noexcept {
    return line.substr(0, line.find_last_not_of(" \t") + 1);
}

std::string title_of_yaml(std::string_view inside) {
    const YAML::Node root = YAML::Load(std::string(inside));
    if (!root.IsMap()) return {};
    for (const auto& member : root) {
        if (!member.first.IsScalar() || ascii_lower(member.first.Scalar()) != "title") continue;
        if (member.second.IsScalar()) return one_line(member.second.Scalar());
    }
    return {};
}

std::string title_of_toml(std::string_view inside) {
    const toml::table root = toml::parse(inside);
    for (const auto& [key, value] : root) {
        if (ascii_lower(key.str()) != "title") continue;
        if (const auto title = value.value<std::string>()) return one_line(*title);
    }
    return {};
}

// Of front matter that is not quite in its language.
std::string title_line(std::string_view inside, char separator) {
    for (std::size_t at = 0; at < inside.size();) {
        const Line line = line_at(inside, at);
        at = line.end;
        const std::size_t end = line.text.find(separator);
        if (end == std::string_view::npos) continue;
        if (ascii_lower(trimmed(line.text.substr(0, end))) != "title") continue;
        std::string_view value = trimmed(line.text.substr(end + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
            value.front() == value.back())
            value = value.substr(1, value.size() - 2);
        return one_line(value);
    }
    return {};
}

}  // namespace

FrontMatter front_matter(std::string_view text) {
    const Line first = line_at(text, 0);
    const std::string_view fence = without_blanks_behind(first.text);
    const bool yaml = fence == "---";
    if (!yaml && fence != "+++") return {};
    for (std::size_t at = first.end; at < std::min(text.size(), largest);) {
        const Line line = line_at(text, at);
        const std::string_view end = without_blanks_behind(line.text);
        if (end != fence && !(yaml && end == "...")) {
            at = line.end;
            continue;
        }
        std::string inside(text.substr(first.end, at - first.end));
        if (inside.find('\n') == std::string::npos)
            std::replace(inside.begin(), inside.end(), '\r', '\n');
        FrontMatter out{line.end, {}};
        try {
            out.title = yaml ? title_of_yaml(inside) : title_of_toml(inside);
        } catch (const std::exception&) {
            out.title = title_line(inside, yaml ? ':' : '=');
        }
        return out;
    }
    return {};  // it never ended: a thematic break, not front matter
}

}  // namespace lectern::documents
