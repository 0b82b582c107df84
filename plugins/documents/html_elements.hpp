// documents/html_elements.hpp: what the elements of a page mean to its reader.
#pragma once

#include <gumbo.h>

#include <string_view>
#include <vector>

namespace lectern::documents {

enum class Display {
    in_line,
    block,
    line,
    heading,
    item,
    list,
    table,
    row,
    cell,
    preformatted,
    dropped
};

// As the rendering rules of the HTML standard say; form controls are dropped too.
[[nodiscard]] Display display_of(const GumboElement& element);

// "## "; a <dt> heads its <dd>, below all headings.
[[nodiscard]] std::string_view heading_mark(GumboTag tag) noexcept;

// By `hidden`, "display:none", or a dialog that is not open.
[[nodiscard]] bool is_hidden(const GumboElement& element);

// What leads to other places, or to where it stands ("¶"), and says nothing itself: by its role, or
// by the names that DocBook, Sphinx, Doxygen, MediaWiki and others give it.
[[nodiscard]] bool leads_elsewhere(const GumboElement& element);

// The attribute's value, "" when it is not there.
[[nodiscard]] std::string_view attribute(const GumboElement& element, const char* name) noexcept;

// An attribute that is a number, within bounds; `otherwise` when it is none.
[[nodiscard]] long number(const GumboElement& element, const char* name, long otherwise) noexcept;

[[nodiscard]] inline bool is_text_node(const GumboNode& node) noexcept {
    return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
           node.type == GUMBO_NODE_CDATA;
}

// The children of a node that can have some; nullptr for others.
[[nodiscard]] inline const GumboVector* children_of(const GumboNode& node) noexcept {
    if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
    if (node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE)
        return &node.v.element.children;
    return nullptr;
}

// Walks the tree in document order without recursion. enter(node) says whether to go inside;
// leave(node) follows for every element that was entered.
template <typename Enter, typename Leave>
void walk(const GumboNode& root, Enter enter, Leave leave) {
    struct Place {
        const GumboNode* node;
        unsigned next;
    };
    std::vector<Place> path;
    if (enter(root)) path.push_back({&root, 0});
    while (!path.empty()) {
        Place& place = path.back();
        const GumboVector* children = children_of(*place.node);
        if (children == nullptr || place.next == children->length) {
            leave(*place.node);
            path.pop_back();
            continue;
        }
        const auto& child = *static_cast<const GumboNode*>(children->data[place.next++]);
        if (enter(child)) path.push_back({&child, 0});
    }
}

}  // namespace lectern::documents
