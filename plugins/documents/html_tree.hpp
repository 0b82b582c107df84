// documents/html_tree.hpp: gumbo's parse tree, with bounded memory and time.
//
// gumbo frees its tree by recursion, which a page of a million nested elements turns into a stack
// overflow, and it neither stops nor fails when memory or patience ends. So every block it
// allocates hangs in a list of ours that frees them without recursion, and the allocator leaves the
// parse (by longjmp: gumbo is C and holds nothing but these blocks) when a limit is reached.
#pragma once

#include <gumbo.h>

#include <memory>
#include <string_view>

#include "documents/html_text.hpp"

namespace lectern::documents {

class HtmlTree {
 public:
    // `utf8` must outlive the tree. Fails with LECTERN_RESOURCE_EXHAUSTED, _DEADLINE_EXCEEDED or
    // _CANCELLED.
    HtmlTree(std::string_view utf8, const HtmlLimits& limits);
    ~HtmlTree();
    HtmlTree(const HtmlTree&) = delete;
    HtmlTree& operator=(const HtmlTree&) = delete;

    [[nodiscard]] const GumboNode& document() const noexcept { return *output_->document; }

 private:
    class Memory;
    std::unique_ptr<Memory> memory_;
    const GumboOutput* output_ = nullptr;
};

}  // namespace lectern::documents
