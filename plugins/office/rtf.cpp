#include "office/formats.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "documents/charset.hpp"

namespace lectern::office {
namespace {

using documents::encoding_of;
using documents::fail;
using documents::label_of_code_page;
using documents::Markup;
using documents::one_line;

constexpr std::size_t deepest = 512;  // groups

struct Word {
    std::string_view name;
    bool has_number = false;
    long number = 0;
};

// What a group does not share with the one around it.
struct Group {
    enum class Where { text, skipped, font_table, title, author, list_mark, footnote, comment };
    Where where = Where::text;
    bool hidden = false;
    bool deleted = false;
    long skip_behind_unicode = 1;
    std::string charset;  // of the font
    long font = -1;       // that the font table is at
};

// \fcharset of a font.
std::string charset_of_font(long number) {
    switch (number) {
        case 77: return "macintosh";
        case 128: return "shift_jis";
        case 129: return "euc-kr";
        case 134: return "gbk";
        case 136: return "big5";
        case 161: return "windows-1253";
        case 162: return "windows-1254";
        case 163: return "windows-1258";
        case 177: return "windows-1255";
        case 178: return "windows-1256";
        case 186: return "windows-1257";
        case 204: return "windows-1251";
        case 222: return "windows-874";
        case 238: return "windows-1250";
        default: return {};
    }
}

void append_code_point(std::uint32_t value, std::string& out) {
    if (value >= 0xD800 && value < 0xE000) value = 0xFFFD;
    if (value < 0x80) {
        out += static_cast<char>(value);
    } else if (value < 0x800) {
        out += static_cast<char>(0xC0U | (value >> 6U));
        out += static_cast<char>(0x80U | (value & 0x3FU));
    } else if (value < 0x10000) {
        out += static_cast<char>(0xE0U | (value >> 12U));
        out += static_cast<char>(0x80U | ((value >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (value & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (value >> 18U));
        out += static_cast<char>(0x80U | ((value >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((value >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (value & 0x3FU));
    }
}

class RtfReader {
 public:
    explicit RtfReader(std::string_view bytes) : rest_(bytes) { groups_.emplace_back(); }

    void read() {
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '{') {
                rest_.remove_prefix(1);
                open();
            } else if (c == '}') {
                rest_.remove_prefix(1);
                close();
            } else if (c == '\\') {
                rest_.remove_prefix(1);
                control();
            } else {
                rest_.remove_prefix(1);
                if (c != '\r' && c != '\n') byte(c);
            }
        }
        flush();
        while (groups_.size() > 1) close();  // what is cut off, or one brace too few
        end_paragraph();
        end_row();
    }

    [[nodiscard]] Markup& text() noexcept { return out_; }
    [[nodiscard]] const Properties& properties() const noexcept { return properties_; }

 private:
    Group& group() noexcept { return groups_.back(); }

    void open() {
        flush();
        if (groups_.size() >= deepest)
            fail(LECTERN_RESOURCE_EXHAUSTED,
                 "the RTF is nested deeper than " + std::to_string(deepest) + " groups");
        Group inner = group();
        groups_.push_back(std::move(inner));
        at_begin_ = true;
    }

    void close() {
        flush();
        if (groups_.size() == 1) return;  // one brace too many
        const Group ended = group();
        groups_.pop_back();
        const bool comment = ended.where == Group::Where::comment;
        if ((comment || ended.where == Group::Where::footnote) && group().where != ended.where) {
            const std::string words = one_line(note_);
            note_.clear();
            if (!words.empty()) notes_.push_back((comment ? "Comment: " : "Footnote: ") + words);
        }
    }

    // ---- control words and symbols

    void control() {
        if (rest_.empty()) return;
        const char c = rest_.front();
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) {
            rest_.remove_prefix(1);
            symbol(c);
            return;
        }
        const Word word = take_word();
        if (word.name == "bin") {
            flush();
            rest_.remove_prefix(
                std::min(static_cast<std::size_t>(std::max(word.number, 0L)), rest_.size()));
            return;
        }
        if (word.name == "u") return unicode(word.number);
        flush();
        const bool first = std::exchange(at_begin_, false);
        if (first && destination(word.name)) return;
        apply(word);
    }

    Word take_word() {
        std::size_t size = 0;
        while (size < rest_.size() && ((rest_[size] >= 'a' && rest_[size] <= 'z') ||
                                       (rest_[size] >= 'A' && rest_[size] <= 'Z')))
            ++size;
        Word out{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        const auto [end, error] = std::from_chars(
            rest_.data(), rest_.data() + std::min(rest_.size(), std::size_t{12}), out.number);
        if (error == std::errc{} && end != rest_.data()) {
            out.has_number = true;
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        }
        if (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return out;
    }

    void symbol(char c) {
        if (c == '\'') {
            unsigned value = 0;
            const std::string_view digits = rest_.substr(0, 2);
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
            rest_.remove_prefix(digits.size());
            if (error == std::errc{} && end == digits.data() + digits.size())
                byte(static_cast<char>(value));
            return;
        }
        if (c == '*') {
            // What a reader that does not know it should skip. What is known is not marked so, but:
            if (!rest_.starts_with("\\shpinst") && !rest_.starts_with("\\annotation") &&
                !rest_.starts_with("\\pntext"))
                group().where = Group::Where::skipped;
            return;
        }
        flush();
        if (c == '~') put(" ");
        if (c == '_') put("-");
        if (c == '\n' || c == '\r') end_paragraph();
        if (c == '\\' || c == '{' || c == '}') byte(c);
    }

    // True when the group holds something else than text.
    bool destination(std::string_view name) {
        using Where = Group::Where;
        const auto holds = [&](Where what) {
            group().where = what;
            return true;
        };
        // The parts of \info say what they are; the rest of it is skipped.
        if (groups_.size() == info_depth_ + 1) {
            if (name == "title") return holds(Where::title);
            if (name == "author") return holds(Where::author);
        }
        if (group().where == Where::skipped) return false;
        if (name == "fonttbl") return holds(Where::font_table);
        if (name == "info") {
            info_depth_ = groups_.size();
            return holds(Where::skipped);
        }
        if (name == "listtext" || name == "pntext") {
            mark_.clear();
            return holds(Where::list_mark);
        }
        if (name == "footnote") return holds(Where::footnote);
        if (name == "annotation") return holds(Where::comment);
        constexpr std::array<std::string_view, 22> skipped{
            "colortbl",  "stylesheet", "pict",   "object",  "header",     "headerl",
            "headerr",   "headerf",    "footer", "footerl", "footerr",    "footerf",
            "fldinst",   "datafield",  "xe",     "tc",      "nonshppict", "objdata",
            "themedata", "listtable",  "sp",     "shprslt"};
        if (std::find(skipped.begin(), skipped.end(), name) == skipped.end()) return false;
        return holds(Where::skipped);
    }

    void apply(const Word& word) {
        const std::string_view name = word.name;
        const bool on = !word.has_number || word.number != 0;
        if (name == "par" || name == "sect" || name == "page") {
            if (in_table_ && group().where == Group::Where::text)
                put(" ");
            else
                end_paragraph();
        } else if (name == "line") {
            put(in_table_ ? " " : "\n");
        } else if (name == "tab") {
            put(" ");
        } else if (name == "cell" || name == "nestcell") {
            cells_.push_back(std::exchange(paragraph_, {}));
            mark_.clear();
        } else if (name == "row" || name == "nestrow") {
            end_row();
        } else if (name == "intbl") {
            in_table_ = true;
        } else if (name == "pard") {
            in_table_ = false;
            heading_ = 0;
        } else if (name == "outlinelevel") {
            heading_ = word.number >= 0 && word.number < 9 ? static_cast<int>(word.number) + 1 : 0;
        } else if (name == "plain") {
            group().hidden = group().deleted = false;
        } else if (name == "v") {
            group().hidden = on;
        } else if (name == "deleted") {
            group().deleted = on;
        } else if (name == "uc") {
            group().skip_behind_unicode = std::clamp(word.number, 0L, 16L);
        } else if (name == "ansicpg") {
            document_charset_ = label_of_code_page(word.number);
        } else if (name == "mac") {
            document_charset_ = "macintosh";
        } else if (name == "f") {
            font(word.number);
        } else if (name == "fcharset" && group().where == Group::Where::font_table) {
            fonts_[group().font] = charset_of_font(word.number);
        } else {
            character(name);
        }
    }

    void font(long number) {
        if (group().where == Group::Where::font_table) {
            group().font = number;
            return;
        }
        const auto found = fonts_.find(number);
        group().charset = found == fonts_.end() ? std::string{} : found->second;
    }

    void character(std::string_view name) {
        constexpr std::array<std::pair<std::string_view, const char*>, 12> characters{
            {{"emdash", "—"},
             {"endash", "–"},
             {"bullet", "•"},
             {"lquote", "‘"},
             {"rquote", "’"},
             {"ldblquote", "“"},
             {"rdblquote", "”"},
             {"emspace", " "},
             {"enspace", " "},
             {"qmspace", " "},
             {"zwj", "\u200D"},
             {"zwnj", "\u200C"}}};
        for (const auto& [word, text] : characters)
            if (word == name) put(text);
    }

    // ---- text

    // Bytes gather, as a character may take several.
    void byte(char c) {
        at_begin_ = false;
        if (skip_ > 0) {
            --skip_;
            return;
        }
        bytes_ += c;
    }

    void unicode(long number) {
        flush();
        at_begin_ = false;
        auto unit = static_cast<std::uint32_t>(number < 0 ? number + 0x10000 : number);
        skip_ = group().skip_behind_unicode;
        if (unit >= 0xD800 && unit < 0xDC00) {
            high_ = unit;
            return;
        }
        if (unit >= 0xDC00 && unit < 0xE000 && high_ != 0)
            unit = 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00);
        high_ = 0;
        if (unit > 0x10FFFF || unit == 0) return;
        // Symbols of fonts stand in the private use area: a bullet of Symbol.
        std::string text;
        append_code_point(unit == 0xF0B7 ? 0x2022 : unit, text);
        put(text);
    }

    void flush() {
        skip_ = 0;
        if (bytes_.empty()) return;
        std::string bytes;
        bytes.swap(bytes_);
        auto encoding = encoding_of(group().charset.empty() ? document_charset_ : group().charset);
        if (!encoding) encoding = encoding_of("windows-1252");
        put(documents::to_utf8(bytes, encoding));
    }

    void put(std::string_view text) {
        using Where = Group::Where;
        at_begin_ = false;
        const Group& now = group();
        if (now.hidden || now.deleted) return;
        switch (now.where) {
            case Where::text: paragraph_ += text; break;
            case Where::title: properties_.title += text; break;
            case Where::author: properties_.author += text; break;
            case Where::list_mark: mark_ += text; break;
            case Where::footnote:
            case Where::comment: note_ += text; break;
            case Where::skipped:
            case Where::font_table: break;
        }
    }

    void end_paragraph() {
        if (group().where == Group::Where::footnote || group().where == Group::Where::comment) {
            note_ += ' ';
            return;
        }
        if (group().where != Group::Where::text) return;
        if (!cells_.empty()) end_row();
        const std::string text = std::exchange(paragraph_, {});
        std::string mark = one_line(std::exchange(mark_, {}));
        if (mark == "•" || mark == "·" || mark == "o" || mark == "§") mark = "-";
        if (heading_ > 0)
            out_.heading(heading_, mark.empty() || mark == "-" ? text : mark + " " + text);
        else if (!mark.empty())
            out_.item(mark, text);
        else
            out_.paragraph(text);
        write_notes();
    }

    void end_row() {
        if (cells_.empty()) return;
        if (!one_line(paragraph_).empty()) cells_.push_back(std::exchange(paragraph_, {}));
        out_.row(std::exchange(cells_, {}));
        paragraph_.clear();
        write_notes();
    }

    void write_notes() {
        for (const std::string& note : notes_) out_.paragraph(note);
        notes_.clear();
    }

    std::string_view rest_;
    std::vector<Group> groups_;
    bool at_begin_ = false;  // of a group
    std::size_t info_depth_ = 0;
    std::string document_charset_ = "windows-1252";
    std::map<long, std::string> fonts_;
    std::string bytes_;       // not yet read in their character set
    std::uint32_t high_ = 0;  // first half of a pair
    long skip_ = 0;           // bytes behind a character by number, for readers that know none
    std::string paragraph_;
    std::string mark_;
    std::string note_;
    std::vector<std::string> notes_;
    std::vector<std::string> cells_;
    bool in_table_ = false;
    int heading_ = 0;
    Markup out_;
    Properties properties_;
};

}  // namespace

documents::Extracted rtf_text(std::string_view bytes) {
    if (!documents::trimmed(bytes.substr(0, 64)).starts_with("{\\rtf"))
        fail(LECTERN_INVALID_ARGUMENT, "not RTF: it does not begin with {\\rtf");
    RtfReader reader(bytes);
    reader.read();
    const std::string heading = reader.text().first_heading();
    return finished(reader.text(), reader.properties(), heading);
}

}  // namespace lectern::office
