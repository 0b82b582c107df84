#include "engine/sync/ignore_rules.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/sync/wildcards.hpp"

namespace lectern {
namespace {

// Spaces at the end count only where a backslash stands before them.
std::string_view without_spaces_at_end(std::string_view line) {
    std::size_t keep = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\')
            keep = ++i + 1;
        else if (line[i] != ' ')
            keep = i + 1;
    }
    return line.substr(0, keep);
}

std::optional<IgnorePattern> parse_ignore_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = without_spaces_at_end(line);
    if (line.empty() || line.front() == '#') return std::nullopt;
    IgnorePattern out;
    if (line.front() == '!') {
        out.exception = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        out.folders = true;
        line.remove_suffix(1);
    }
    out.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) return std::nullopt;
    out.glob = line;
    return out;
}

std::vector<IgnorePattern> parse_patterns(const std::vector<std::string>& lines) {
    std::vector<IgnorePattern> out;
    for (const std::string& line : lines)
        if (auto pattern = parse_ignore_line(line)) out.push_back(std::move(*pattern));
    return out;
}

bool fits_pattern(const IgnorePattern& pattern, std::string_view path, bool folder) {
    if (pattern.folders && !folder) return false;
    // Without a slash at its beginning or in its middle it fits at every depth.
    if (!pattern.anchored) path.remove_prefix(path.rfind('/') + 1);
    return fits_wildcards(pattern.glob, path);
}

// The file, or a folder that it is in: "docs/" includes what is below.
bool fits_with_folders(const std::vector<IgnorePattern>& patterns, std::string_view path) {
    if (ignored_by(patterns, path, false) == Ignored::yes) return true;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
        if (ignored_by(patterns, path.substr(0, slash), true) == Ignored::yes) return true;
    return false;
}

}  // namespace

std::vector<IgnorePattern> parse_ignore_file(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<IgnorePattern> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (auto pattern = parse_ignore_line(text.substr(0, end)))
            out.push_back(std::move(*pattern));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

Ignored ignored_by(const std::vector<IgnorePattern>& patterns, std::string_view path, bool folder) {
    for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern)
        if (fits_pattern(*pattern, path, folder))
            return pattern->exception ? Ignored::no : Ignored::yes;
    return Ignored::unsaid;
}

IgnoreRules::IgnoreRules(const std::vector<std::string>& include,
                         const std::vector<std::string>& exclude)
    : include_(parse_patterns(include)), exclude_(parse_patterns(exclude)) {}

void IgnoreRules::enter(std::string_view folder, const std::vector<std::string>& texts) {
    Entered entered{folder.empty() ? 0 : folder.size() + 1, {}};
    for (const std::string& text : texts) {
        auto patterns = parse_ignore_file(text);
        entered.patterns.insert(entered.patterns.end(), std::make_move_iterator(patterns.begin()),
                                std::make_move_iterator(patterns.end()));
    }
    folders_.push_back(std::move(entered));
}

bool IgnoreRules::left_out(std::string_view path, bool folder) const {
    Ignored said = ignored_by(exclude_, path, folder);
    for (auto entered = folders_.rbegin(); said == Ignored::unsaid && entered != folders_.rend();
         ++entered)
        said = ignored_by(entered->patterns, path.substr(entered->prefix), folder);
    if (said == Ignored::yes) return true;
    return !folder && !include_.empty() && !fits_with_folders(include_, path);
}

}  // namespace lectern
