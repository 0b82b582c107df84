#include "engine/ingest/sections.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "lectern/plugin.h"

namespace lectern {
namespace {

// Of one chunk. More of them are a list of words rather, and its later part is without.
constexpr std::size_t most_sections = 32;
constexpr std::string_view blanks = " \t\r\n\f\v";

// Lower case, without the dot; "" when there is none.
std::string extension_of(std::string_view id) {
    const std::size_t slash = id.find_last_of("/#");
    if (slash != std::string_view::npos) id.remove_prefix(slash + 1);
    const std::size_t dot = id.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    std::string out(id.substr(dot + 1));
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

bool is_in(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// "py", "conf"; not the 2 of "release 1.2", nor a stretch of words behind a full stop.
bool is_kind_of_file(std::string_view extension) {
    constexpr std::size_t longest = 10;
    return extension.size() <= longest && extension.front() >= 'a' && extension.front() <= 'z' &&
           std::all_of(extension.begin(), extension.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

}  // namespace

std::optional<text::HashLines> hash_lines_of(std::string_view id, bool from_a_file) {
    const std::string extension = extension_of(id);
    if (is_in(extension, {"md", "markdown", "mdown", "mkd", "mdx", "qmd", "rmd", "ipynb"}))
        return text::HashLines::anywhere;
    if (is_in(extension, {"html", "htm", "xhtml", "docx", "docm", "odt", "rtf", "doc", "epub",
                          "rst", "rest", "txt", "text"}))
        return text::HashLines::apart;
    if (!extension.empty() && is_kind_of_file(extension)) return std::nullopt;
    // "Makefile", "Dockerfile"
    if (from_a_file && id.ends_with("file")) return std::nullopt;
    return from_a_file ? text::HashLines::apart : text::HashLines::anywhere;
}

bool may_have_sections(const std::vector<storage::Place>& places) {
    return std::none_of(places.begin(), places.end(), [](const storage::Place& place) {
        return place.kind == LECTERN_PLACE_SECTION || place.kind == LECTERN_PLACE_SLIDE ||
               place.kind == LECTERN_PLACE_CELLS || place.kind == LECTERN_PLACE_TIME;
    });
}

SectionsOfChunks::SectionsOfChunks(std::string_view text, std::string_view title,
                                   text::HashLines believed)
    : text_(text), title_(text::heading_name(title)), headings_(text::headings(text, believed)) {}

std::size_t SectionsOfChunks::enter(std::size_t from, std::vector<std::size_t>& path) const {
    for (;;) {
        while (!path.empty() && headings_[path.back()].level >= headings_[from].level)
            path.pop_back();
        path.push_back(from);
        const std::size_t next = from + 1;
        if (next == headings_.size()) return next;
        const std::size_t begin = headings_[from].range.end;
        const std::string_view between = text_.substr(begin, headings_[next].range.begin - begin);
        if (between.find_first_not_of(blanks) != std::string_view::npos) return next;
        from = next;
    }
}

std::string SectionsOfChunks::name_of(const std::vector<std::size_t>& path) const {
    std::string out;
    for (const std::size_t i : path) {
        const std::string& name = headings_[i].name;
        if (i == path.front() && name == title_) continue;
        if (!out.empty()) out += " > ";
        out += name;
    }
    return out;
}

void SectionsOfChunks::add(std::uint64_t begin, std::uint64_t end,
                           std::vector<storage::Place>& places) {
    while (next_ < headings_.size() && headings_[next_].range.begin <= begin)
        next_ = enter(next_, path_);
    std::vector<storage::Place> out;
    const auto holds_from = [&](std::uint64_t at, std::string name) {
        // That there is none need not be said where there was none before.
        if (name == (out.empty() ? std::string_view() : std::string_view(out.back().name))) return;
        out.push_back({at, LECTERN_PLACE_SECTION, 0, 0, 0, std::move(name)});
    };
    holds_from(0, name_of(path_));
    std::vector<std::size_t> path = path_;
    for (std::size_t i = next_; i < headings_.size() && headings_[i].range.begin < end;) {
        const std::uint64_t at = headings_[i].range.begin - begin;
        if (out.size() >= most_sections) {
            holds_from(at, {});
            break;
        }
        i = enter(i, path);
        holds_from(at, name_of(path));
    }
    if (out.empty()) return;
    // First of those that begin together: readers that do not know of sections take the last.
    places.insert(places.begin(), std::make_move_iterator(out.begin()),
                  std::make_move_iterator(out.end()));
    std::stable_sort(places.begin(), places.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
}

}  // namespace lectern
