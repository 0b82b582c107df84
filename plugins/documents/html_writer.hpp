// documents/html_writer.hpp: text with the white space of HTML collapsed.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace lectern::documents {

// Breaks and spaces are asked for, and written only before the next text.
class HtmlWriter {
 public:
    // In one line (a cell of a table) every break is a space, and there are no marks.
    explicit HtmlWriter(bool one_line = false) : one_line_(one_line) {}

    void block() { one_line_ ? space() : static_cast<void>(breaks_ = std::max(breaks_, 2)); }
    void line() { one_line_ ? space() : static_cast<void>(breaks_ = std::max(breaks_, 1)); }
    void space() { space_ = true; }

    // In front of the next text: "## ", "- ".
    void mark(std::string mark) {
        if (!one_line_) mark_ = std::move(mark);
    }
    [[nodiscard]] const std::string& waiting_mark() const noexcept { return mark_; }

    void text(std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t width = space_width(text.substr(i));
            if (width > 0) {
                space_ = true;
                i += width;
                continue;
            }
            if (text.substr(i).starts_with("\xC2\xAD")) {  // a soft hyphen
                i += 2;
                continue;
            }
            put(text[i++]);
        }
    }

    void verbatim(std::string_view text) {
        if (one_line_) return this->text(text);
        for (const char c : text) {
            if (c == '\n')
                out_.empty() ? void() : line_of_code();
            else
                put_code(c);
        }
    }

    [[nodiscard]] std::string take() { return std::move(out_); }

 private:
    // Bytes of the white space at the front: ASCII's, or a no-break space.
    static std::size_t space_width(std::string_view text) noexcept {
        const char c = text.front();
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') return 1;
        return text.starts_with("\xC2\xA0") ? 2 : 0;
    }

    void settle() {
        while (breaks_ > 0 && out_.ends_with('\n')) out_.pop_back();  // the end of <pre>
        if (!out_.empty() && breaks_ > 0)
            out_.append(static_cast<std::size_t>(breaks_), '\n');
        else if (!out_.empty() && space_ && out_.back() != '\n' && mark_.empty())
            out_ += ' ';
        out_ += mark_;
        mark_.clear();
        breaks_ = 0;
        space_ = false;
    }
    void put(char c) {
        if (breaks_ > 0 || space_ || !mark_.empty()) settle();
        out_ += c;
    }
    void put_code(char c) {
        if (breaks_ > 0 || !mark_.empty()) {
            space_ = false;
            settle();
        }
        space_ = false;
        if (c != '\r') out_ += c;
    }
    void line_of_code() {
        if (breaks_ == 0) out_ += '\n';
    }

    bool one_line_;
    std::string out_;
    std::string mark_;
    int breaks_ = 0;
    bool space_ = false;
};

}  // namespace lectern::documents
