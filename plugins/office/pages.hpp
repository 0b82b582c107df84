// office/pages.hpp: counts the pages of a text document, by the breaks that the file tells.
//
// Word marks where each page began when it laid the document out; other files have only the breaks
// that somebody asked for. Both are met on the way through the text, and a break that was asked for
// and laid out is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace lectern::office {

// A block (a paragraph, a row of a table) that begins on one page and goes on to another is on the
// first one.
class Pages {
 public:
    // Text of the open block.
    void text(std::string_view words) noexcept;
    // A page began here when the document was laid out.
    void laid_out() noexcept;
    // A page is to begin here.
    void asked() noexcept;
    // What follows is to be the first on its page.
    void on_new_page() noexcept {
        if (something_on_page_) asked();
    }
    void end_block() noexcept;

    [[nodiscard]] std::uint64_t number() const noexcept { return page_; }
    // Whether the breaks tell on which page text is. `pages`: how many the file's properties say it
    // has; 0: nothing.
    [[nodiscard]] bool known(std::uint64_t pages) const noexcept {
        return page_ > 1 && (laid_out_ || pages <= page_);
    }

 private:
    void turn() noexcept;

    std::uint64_t page_ = 1;
    std::uint64_t later_ = 0;         // pages that have begun within the open block
    bool in_block_ = false;           // it has text
    bool something_on_page_ = false;  // since the last break
    bool just_asked_ = false;         // nothing since a break that was asked for
    bool laid_out_ = false;           // there was such a mark
};

}  // namespace lectern::office
