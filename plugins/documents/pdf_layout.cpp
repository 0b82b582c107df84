#include "documents/pdf_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

// A gap of more than this many heights parts two pieces. Spaces between justified words are
// narrower, those between columns are not.
constexpr double wide_gap = 1.2;

std::string unescaped(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
    std::string out;
    while (!text.empty()) {
        const auto* entity = std::find_if(entities.begin(), entities.end(), [&](const auto& one) {
            return text.starts_with(one.first);
        });
        if (entity == entities.end()) {
            out += text.front();
            text.remove_prefix(1);
        } else {
            out += entity->second;
            text.remove_prefix(entity->first.size());
        }
    }
    return out;
}

double attribute(std::string_view tag, std::string_view name) {
    const std::size_t at = tag.find(name);
    if (at == std::string_view::npos) return 0;
    tag.remove_prefix(at + name.size());
    double out = 0;
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), out);
    return error == std::errc{} && std::isfinite(out) ? out : 0;
}

PdfBox box_of(std::string_view tag) {
    return {attribute(tag, "xMin=\""), attribute(tag, "yMin=\""), attribute(tag, "xMax=\""),
            attribute(tag, "yMax=\"")};
}

std::string title_in(std::string_view head) {
    const std::size_t begin = head.find("<title>");
    const std::size_t end = head.find("</title>");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
    return unescaped(trimmed(head.substr(begin + 7, end - begin - 7)));
}

// Builds pages from the elements as they come.
class LayoutReader {
 public:
    void element(std::string_view line) {
        if (line.starts_with("<page")) {
            layout_.pages.emplace_back();
            flow_ = block_ = 0;
        } else if (line.starts_with("<flow")) {
            ++flow_;
        } else if (line.starts_with("<block")) {
            ++block_;
        } else if (line.starts_with("<line")) {
            begins_ = true;
        } else if (line.starts_with("<word")) {
            word(line);
        }
    }

    [[nodiscard]] PdfLayout take(std::string title) {
        layout_.title = std::move(title);
        return std::move(layout_);
    }

 private:
    void word(std::string_view line) {
        const std::size_t begin = line.find('>');
        const std::size_t end = line.rfind("</word>");
        if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin)
            return;
        const PdfBox box = box_of(line.substr(0, begin));
        std::string text = unescaped(line.substr(begin + 1, end - begin - 1));
        if (only_white_space(text)) return;
        if (layout_.pages.empty()) layout_.pages.emplace_back();
        PdfPage& page = layout_.pages.back();
        if (!begins_ && !page.empty() &&
            box.left - page.back().box.right <= wide_gap * box.height()) {
            page.back().text += ' ';
            page.back().text += text;
            page.back().box.extend(box);
        } else {
            page.push_back({box, std::move(text), flow_, block_});
        }
        begins_ = false;
    }

    PdfLayout layout_;
    unsigned flow_ = 0;
    unsigned block_ = 0;
    bool begins_ = true;  // the next word begins a line
};

}  // namespace

void PdfBox::extend(const PdfBox& other) noexcept {
    left = std::min(left, other.left);
    top = std::min(top, other.top);
    right = std::max(right, other.right);
    bottom = std::max(bottom, other.bottom);
}

bool is_bullet(std::string_view text) noexcept {
    for (const std::string_view bullet :
         {"-", "*", "•", "‣", "◦", "▪", "·", "–", "o", "■", "●", "○", "\uF0B7"})
        if (text == bullet) return true;
    return false;
}

PdfLayout parse_layout(std::string_view output) {
    const std::size_t head = std::min(output.find("<doc>"), output.size());
    LayoutReader reader;
    std::string title = title_in(output.substr(0, head));
    output.remove_prefix(head);
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        reader.element(trimmed(output.substr(0, end)));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return reader.take(std::move(title));
}

}  // namespace lectern::documents
