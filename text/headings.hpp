// text/headings.hpp: the headings of a text that are marked as such. A short line that only looks
// like one is none here: what stands under it is said to people as a fact.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern::text {

struct Heading {
    Range range;       // its lines, without the line's end
    int level = 0;     // 1 is the highest
    std::string name;  // one line, without marks, links, anchors; at most 120 bytes; not empty
};

// How far a line "# ..." is believed.
enum class HashLines {
    anywhere,  // in Markdown
    apart      // only where it stands between blank lines, or headings: elsewhere a comment
};

// In order. "# ..." outside code; lines underlined with "===" or "---" as in Markdown, or with what
// reStructuredText has, with or without the same line above. Levels of a text that has underlined
// ones alone are by the order in which their marks come up, as reStructuredText has them.
[[nodiscard]] std::vector<Heading> headings(std::string_view text, HashLines believed);

// A heading's words, or a title's: "[The sea](sea.md) {#sea}" is "The sea".
[[nodiscard]] std::string heading_name(std::string_view written);

// Which lines of Markdown are code between fences ("```", "~~~"): a fence ends at one of its own
// mark, at least as long, and with nothing behind it.
class CodeFence {
 public:
    // The next line, without the blanks around it. True: it is code, or a fence.
    bool line(std::string_view line) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return count_ > 0; }

 private:
    char mark_ = 0;
    std::size_t count_ = 0;  // of marks; 0: not within code
};

// The level of the heading, of `heading` bytes, that such a line is drawn under: 1 for "===", 2 for
// "---", at any width; 3 for the other marks of reStructuredText, which are at least as wide as the
// heading. Else 0.
[[nodiscard]] int underline_level(std::string_view line, std::size_t heading) noexcept;

// 1 to 6 for a line "## ...", else 0.
[[nodiscard]] int hash_level(std::string_view line) noexcept;

}  // namespace lectern::text
