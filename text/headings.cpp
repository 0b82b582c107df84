#include "text/headings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "text/ascii.hpp"

namespace lectern::text {
namespace {

constexpr std::size_t longest_line = 200;  // bytes of a heading; longer ones are paragraphs
constexpr std::size_t longest_heading_name = 120;
constexpr std::size_t deepest_indent = 3;  // spaces; code stands further in
constexpr int lowest_level = 6;
constexpr std::string_view line_blanks = " \t\v\f\r";

std::string_view without_blanks(std::string_view line) noexcept {
    const std::size_t begin = line.find_first_not_of(line_blanks);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(line_blanks) + 1 - begin);
}

// Whether a line can be a heading when another one is drawn below it: no item, quote, row or rule.
bool can_be_underlined(std::string_view line) noexcept {
    if (line.empty() || line.size() > longest_line || is_drawn_line(line)) return false;
    if (line.size() > 1 && line[1] == ' ' &&
        std::string_view("-*+>").find(line.front()) != std::string_view::npos)
        return false;
    return line.front() != '|' && line.front() != '>' && !line.starts_with(".. ");
}

// Marks of a level in reStructuredText: what is drawn, and whether also above.
struct Style {
    char mark = 0;
    bool above = false;
    friend bool operator==(const Style&, const Style&) = default;
};

struct TextLine {
    Range range;            // without blanks around it
    std::string_view text;  // the same
};

class Finder {
 public:
    Finder(std::string_view text, HashLines believed) : text_(text), believed_(believed) {}

    std::vector<Heading> take() && {
        for (std::size_t at = behind_front_matter(); at < text_.size();) {
            const std::size_t end = std::min(text_.find('\n', at), text_.size());
            line(at, end);
            at = end + 1;
        }
        pending_ends(true);
        if (!hashes_) by_order_of_marks();
        return std::move(found_);
    }

 private:
    // Data in front of a text, between lines of three dashes.
    [[nodiscard]] std::size_t behind_front_matter() const noexcept {
        constexpr std::size_t longest = 64 << 10;  // bytes
        constexpr std::string_view rule = "\n---";
        if (!text_.starts_with("---\n") && !text_.starts_with("---\r\n")) return 0;
        const std::size_t end = text_.substr(0, longest).find(rule, 3);
        if (end == std::string_view::npos) return 0;
        const std::size_t behind = end + rule.size();
        return behind == text_.size() || text_[behind] == '\n' || text_[behind] == '\r' ? behind
                                                                                        : 0;
    }

    void line(std::size_t begin, std::size_t end) {
        const std::string_view whole = text_.substr(begin, end - begin);
        const std::string_view inner = without_blanks(whole);
        const std::size_t indented = std::min(whole.find_first_not_of(line_blanks), whole.size());
        const TextLine now{{begin + indented, begin + indented + inner.size()}, inner};
        if (fence_.is_open()) {
            fence_.line(inner);
            return;
        }
        if (inner.empty()) return blank();
        const bool code =
            indented > deepest_indent || whole.substr(0, indented).find('\t') < indented;
        if (!code && underlined(now)) return;
        if (!code && fence_.line(inner)) return other({});
        const int level = code ? 0 : hash_level(inner);
        if (level > 0 && inner.size() <= longest_line) return hash_line(now, level);
        other(code ? TextLine{} : now);
    }

    void blank() {
        pending_ends(true);
        after_blank_ = true;
        last_ = above_ = {};
    }
    // A line of something else. An empty one cannot be underlined.
    void other(const TextLine& now) {
        pending_ends(false);
        after_blank_ = false;
        above_ = std::exchange(last_, now);
        ++lines_;
        if (above_.text.empty()) lines_ = 1;
    }

    void hash_line(const TextLine& now, int level) {
        pending_ends(true);
        const bool alone = after_blank_;
        last_ = above_ = {};
        std::string name = heading_name(now.text);
        if (name.empty() || (believed_ == HashLines::apart && !alone)) {
            after_blank_ = false;
            return;
        }
        pending_ = Heading{now.range, level, std::move(name)};
        if (believed_ == HashLines::anywhere) pending_ends(true);
    }
    // What stands behind the last line "# ..." is known.
    void pending_ends(bool apart) {
        if (!pending_) return;
        if (apart) {
            hashes_ = true;
            add(std::move(*pending_), {});
        }
        pending_.reset();
    }

    // Whether the line is drawn under a heading: then that is one.
    bool underlined(const TextLine& now) {
        const int level = underline_level(now.text, last_.text.size());
        if (level == 0 || last_.text.empty() || !can_be_underlined(last_.text)) return false;
        const bool above = above_.text == now.text && lines_ == 2;
        if (!above && lines_ != 1) return false;  // a paragraph of several lines
        std::string name = heading_name(last_.text);
        if (name.empty()) return false;
        const Range range{above ? above_.range.begin : last_.range.begin, now.range.end};
        add({range, level, std::move(name)}, {now.text.front(), above});
        last_ = above_ = {};
        after_blank_ = true;  // for what follows: it stands apart from it
        return true;
    }

    void add(Heading heading, Style style) {
        found_.push_back(std::move(heading));
        styles_.push_back(style);
        after_blank_ = true;
    }

    void by_order_of_marks() {
        std::vector<Style> order;
        for (std::size_t i = 0; i < found_.size(); ++i) {
            auto at = std::find(order.begin(), order.end(), styles_[i]);
            if (at == order.end()) at = order.insert(order.end(), styles_[i]);
            found_[i].level = std::min(lowest_level, static_cast<int>(at - order.begin()) + 1);
        }
    }

    std::string_view text_;
    HashLines believed_;
    std::vector<Heading> found_;
    std::vector<Style> styles_;  // of each
    bool hashes_ = false;        // some are "# ..."
    CodeFence fence_;
    std::optional<Heading> pending_;  // a line "# ..." that counts when it stands apart
    bool after_blank_ = true;
    TextLine last_;
    TextLine above_;
    std::size_t lines_ = 0;  // of the paragraph up to `last_`
};

// The end of "(...)" or "[...]" that begins at `at`, behind it; or npos.
std::size_t behind_bracket(std::string_view text, std::size_t at, char open, char close) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == open) ++depth;
        if (text[i] == close && --depth == 0) return i + 1;
    }
    return std::string_view::npos;
}

// Anchors and pictures say nothing; other tags may be somebody's words ("vector<int>").
bool is_silent_tag(std::string_view tag) noexcept {
    constexpr std::array<std::string_view, 7> silent{"<a ",  "<a>",   "</a>",  "<img ",
                                                     "<br>", "<br/>", "<br />"};
    return std::any_of(silent.begin(), silent.end(),
                       [&](std::string_view begin) { return tag.starts_with(begin); });
}

void add_words(std::string_view written, std::string& out) {
    for (std::size_t at = 0; at < written.size();) {
        const std::string_view rest = written.substr(at);
        const bool picture = rest.starts_with("![");
        if (picture || rest.front() == '[') {
            const std::size_t words = at + (picture ? 2 : 1);
            const std::size_t behind = behind_bracket(written, words - 1, '[', ']');
            const bool link =
                behind < written.size() && (written[behind] == '(' || written[behind] == '[');
            const std::size_t end = link ? behind_bracket(written, behind, written[behind],
                                                          written[behind] == '(' ? ')' : ']')
                                         : std::string_view::npos;
            if (end != std::string_view::npos) {
                add_words(written.substr(words, behind - 1 - words), out);
                at = end;
                continue;
            }
        }
        if (rest.front() == '<' && is_silent_tag(rest)) {
            const std::size_t end = written.find('>', at);
            if (end != std::string_view::npos) {
                at = end + 1;
                continue;
            }
        }
        if (rest.starts_with("**")) {
            at += 2;
            continue;
        }
        const char c = rest.front();
        ++at;
        if (c == '`') continue;
        if (c == '\\' && at < written.size() &&
            std::string_view("\\`*_{}[]()#+-.!<>|").find(written[at]) != std::string_view::npos)
            continue;
        if (line_blanks.find(c) == std::string_view::npos && c != '\n') {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
}

}  // namespace

bool CodeFence::line(std::string_view line) noexcept {
    const char mark = line.empty() ? '\0' : line.front();
    const bool marks = mark == '`' || mark == '~';
    const std::size_t count =
        marks ? std::min(line.find_first_not_of(mark), line.size()) : std::size_t{0};
    if (is_open()) {
        if (mark == mark_ && count >= count_ && count == line.size()) count_ = 0;
        return true;
    }
    // "```x``` is code" begins no block.
    if (count < 3 || (mark == '`' && line.find('`', count) != std::string_view::npos)) return false;
    mark_ = mark;
    count_ = count;
    return true;
}

int underline_level(std::string_view line, std::size_t heading) noexcept {
    if (line.size() < 3 || !is_drawn_line(line)) return 0;
    if (line.front() == '=') return 1;
    if (line.front() == '-') return 2;
    return line.size() >= 4 && line.size() >= heading ? 3 : 0;
}

int hash_level(std::string_view line) noexcept {
    const std::size_t level = line.find_first_not_of('#');
    if (level == std::string_view::npos || level == 0 || level > std::size_t{lowest_level})
        return 0;
    return line[level] == ' ' || line[level] == '\t' ? static_cast<int>(level) : 0;
}

std::string heading_name(std::string_view written) {
    written = without_blanks(written);
    if (hash_level(written) > 0) {
        written = without_blanks(written.substr(written.find_first_not_of('#')));
        // "## The sea ##"
        const std::size_t last = written.find_last_not_of('#');
        if (last == std::string_view::npos) return {};
        if (last + 1 < written.size() && line_blanks.find(written[last]) != std::string_view::npos)
            written = without_blanks(written.substr(0, last + 1));
    }
    if (const std::size_t id = written.rfind("{#");
        id != std::string_view::npos && written.ends_with('}'))
        written = without_blanks(written.substr(0, id));
    std::string out;
    add_words(prefix(written, 2 * longest_line), out);
    while (!out.empty() && out.back() == ' ') out.pop_back();
    if (out.size() > longest_heading_name)
        out = std::string(prefix(out, longest_heading_name)) + "…";
    return out;
}

std::vector<Heading> headings(std::string_view text, HashLines believed) {
    return Finder(text, believed).take();
}

}  // namespace lectern::text
