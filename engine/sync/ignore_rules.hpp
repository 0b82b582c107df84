// engine/sync/ignore_rules.hpp: which files of a folder are left out, by the rules of .gitignore.
//
// A file of patterns rules over the folder it stands in and what is below it. Of the patterns that
// fit a path the last one of the deepest file decides; `!` makes it an exception. A folder that is
// left out is not looked into, so nothing below it can be an exception.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern {

// One line of such a file.
struct IgnorePattern {
    std::string glob;        // see wildcards.hpp
    bool exception = false;  // it began with "!"
    bool folders = false;    // it ended with "/": for folders only
    bool anchored = false;   // by the path from the file's folder; otherwise by the name alone
};

// Comments, empty lines and spaces at the end are no pattern.
[[nodiscard]] std::vector<IgnorePattern> parse_ignore_file(std::string_view text);

enum class Ignored { unsaid, yes, no };
// `path`: from the patterns' folder, with slashes.
[[nodiscard]] Ignored ignored_by(const std::vector<IgnorePattern>& patterns, std::string_view path,
                                 bool folder);

// What rules over one source: the patterns of the folders that are being walked, and the source's
// own. One thread.
class IgnoreRules {
 public:
    // Patterns as lines of a .gitignore in the source's folder. `exclude` decides before all files
    // of patterns. Where `include` is not empty, files must fit one of its patterns as well.
    IgnoreRules(const std::vector<std::string>& include, const std::vector<std::string>& exclude);

    // A folder is entered, from the source's own ("") inwards, and left. `texts`: its files of
    // patterns, the stronger one last.
    void enter(std::string_view folder, const std::vector<std::string>& texts);
    void leave() { folders_.pop_back(); }

    // `path`: from the source's folder.
    [[nodiscard]] bool left_out(std::string_view path, bool folder) const;

 private:
    struct Entered {
        std::size_t prefix;  // bytes of a path that lead to the folder
        std::vector<IgnorePattern> patterns;
    };
    std::vector<IgnorePattern> include_;
    std::vector<IgnorePattern> exclude_;
    std::vector<Entered> folders_;
};

}  // namespace lectern
