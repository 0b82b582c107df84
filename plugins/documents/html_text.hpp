// documents/html_text.hpp: the readable text of an HTML page, parsed by gumbo as HTML5 says.
//
// The text comes as light Markdown, so that later stages see its structure: headings are lines
// "# ..." to "###### ...", list items "- ...", table rows cells joined by " | "; blocks are apart
// by a blank line; <pre> keeps its lines. Dropped: head, script, style, noscript, template, nav,
// iframe, svg, form controls, comments, and what `hidden` or "display:none" hides.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

#include "documents/extracted.hpp"

namespace lectern::documents {

struct HtmlLimits {
    // The parse tree's memory in bytes. A page that needs more is refused; ordinary pages take 5 to
    // 20 times their size.
    std::size_t tree_bytes = std::size_t{512} << 20;
    // Parsing time. Nesting and attributes cost time in the square of their number; this bounds it.
    std::chrono::milliseconds time = std::chrono::seconds(30);
    // Asked now and then while parsing. May be empty.
    std::function<bool()> cancelled;
};

// The title is <title>, else the first <h1>, else "". `charset`: of the transport, or "".
[[nodiscard]] Extracted html_text(std::string_view bytes, std::string_view charset = {},
                                  const HtmlLimits& limits = {});

}  // namespace lectern::documents
