#include "bindings/sqlite/definition.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {
namespace {

constexpr std::array hidden_columns{Hidden::table,  Hidden::k,     Hidden::mode,
                                    Hidden::weight, Hidden::score, Hidden::rank};
constexpr std::array<std::string_view, 6> types{"INTEGER", "INT",     "REAL",
                                                "TEXT",    "NUMERIC", "BLOB"};
constexpr const char* options_there_are = "content, content_rowid and pipeline";

// The words of one argument; what stands in quotation marks is one word.
class Words {
 public:
    explicit Words(std::string_view text) : text_(text) {}

    // Nothing at the end, or where a quotation mark has no partner (`bad`).
    std::optional<std::string> next() {
        skip();
        if (at_ == text_.size()) return std::nullopt;
        const char mark = text_[at_] == '[' ? ']' : text_[at_];
        if (mark == ']' || mark == '"' || mark == '\'' || mark == '`') return marked(mark);
        const std::size_t begin = at_;
        while (at_ < text_.size() && !space() && text_[at_] != '=') ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }
    bool take(char c) {
        skip();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] bool bad() const { return bad_; }

 private:
    [[nodiscard]] bool space() const {
        return std::string_view(" \t\r\n\f\v").find(text_[at_]) != std::string_view::npos;
    }
    void skip() {
        while (at_ < text_.size() && space()) ++at_;
    }
    std::optional<std::string> marked(char mark) {
        std::string out;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == mark) {
                ++at_;
                if (mark == ']' || at_ == text_.size() || text_[at_] != mark) return out;
            }
            out += text_[at_];
        }
        bad_ = true;
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool bad_ = false;
};

Status wrong(std::string what) {
    return {Code::invalid_argument, std::move(what)};
}

Status set_option(Definition& to, const std::string& name, const std::string& value) {
    if (value.empty())
        return wrong("the option '" + name + "' is empty" +
                     (same_name(name, "content")
                          ? "; a table without content is not supported: leave the option out, or "
                            "name the table that has the rows"
                          : std::string()));
    if (same_name(name, "content"))
        to.content = value;
    else if (same_name(name, "content_rowid"))
        to.content_rowid = value;
    else if (same_name(name, "pipeline"))
        to.pipeline = value;
    else
        return wrong("there is no option '" + name + "'; there are " + options_there_are);
    return {};
}

Status add_column(Definition& to, std::string name, Words& words) {
    Column column{std::move(name), {}, true};
    while (const auto word = words.next()) {
        if (same_name(*word, "UNINDEXED"))
            column.indexed = false;
        else if (std::any_of(types.begin(), types.end(),
                             [&](std::string_view type) { return same_name(type, *word); }))
            column.type = *word;
        else
            return wrong("the column '" + column.name + "': '" + *word +
                         "' is neither UNINDEXED nor one of the types INTEGER, REAL, TEXT, NUMERIC "
                         "and BLOB");
    }
    if (column.name.empty()) return wrong("a column has no name");
    if (column.name.find('\0') != std::string::npos || !valid_utf8(column.name))
        return wrong("the name of a column is not valid UTF-8");
    for (const std::string_view taken :
         {std::string_view("rowid"), std::string_view("rank"), own_field})
        if (same_name(column.name, taken))
            return wrong("a column cannot be called '" + column.name + "': that name is taken");
    for (const Column& other : to.columns)
        if (same_name(column.name, other.name))
            return wrong("there are two columns called '" + column.name + "'");
    to.columns.push_back(std::move(column));
    return {};
}

Status add(Definition& to, std::string_view argument) {
    Words words(argument);
    auto first = words.next();
    if (first && words.take('=')) {
        const auto value = words.next();
        if (!words.bad() && words.next()) return wrong("too much behind '" + *first + " ='");
        if (!words.bad()) return set_option(to, *first, value.value_or(""));
    } else if (first) {
        if (Status bad = add_column(to, std::move(*first), words); !words.bad()) return bad;
    }
    if (words.bad()) return wrong("a quotation mark has no partner in: " + std::string(argument));
    return first ? Status{} : wrong("there is an empty argument between two commas");
}

// Without one, SQLite takes HIDDEN for a type of numbers, and keeps a score of 1.0 as the whole
// number.
std::string_view type(Hidden hidden) {
    switch (hidden) {
        case Hidden::table: return "";
        case Hidden::k: return "INTEGER";
        case Hidden::mode: return "TEXT";
        case Hidden::weight:
        case Hidden::score:
        case Hidden::rank: return "REAL";
    }
    return "";
}

}  // namespace

std::string_view name(Hidden hidden) {
    switch (hidden) {
        case Hidden::table: return "";  // the table's own
        case Hidden::k: return "k";
        case Hidden::mode: return "mode";
        case Hidden::weight: return "weight";
        case Hidden::score: return "score";
        case Hidden::rank: return "rank";
    }
    return "";
}

std::string Definition::declaration() const {
    std::string out = "CREATE TABLE x(";
    for (const Column& column : columns) out += identifier(column.name) + ' ' + column.type + ", ";
    for (const Hidden one : hidden)
        out += identifier(one == Hidden::table ? std::string_view(table) : name(one)) + ' ' +
               std::string(type(one)) + " HIDDEN, ";
    out.replace(out.size() - 2, 2, ")");
    return out;
}

const Hidden* Definition::hidden_at(int column) const {
    const auto place = static_cast<std::size_t>(column) - columns.size();
    return column < static_cast<int>(columns.size()) || place >= hidden.size() ? nullptr
                                                                               : &hidden[place];
}

int Definition::title() const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].indexed && same_name(columns[i].name, "title")) return static_cast<int>(i);
    return -1;
}

Status Definition::may_be_called(std::string_view wanted) const {
    const auto taken = [&](std::string_view what) {
        return wrong("a table with the " + std::string(what) + " '" + std::string(wanted) +
                     "' cannot be called so itself: what stands before MATCH is a column, too");
    };
    for (const Column& column : columns)
        if (same_name(column.name, wanted)) return taken("column");
    for (const Hidden one : hidden)
        if (same_name(name(one), wanted)) return taken("hidden column");
    return {};
}

Result<Definition> parse_definition(std::span<const char* const> arguments) {
    Definition out;
    out.schema = arguments[1];
    out.table = arguments[2];
    for (const char* argument : arguments.subspan(3)) LECTERN_TRY(add(out, argument));
    if (std::none_of(out.columns.begin(), out.columns.end(),
                     [](const Column& column) { return column.indexed; }))
        return wrong("the table has no column with text to search; name one that is not UNINDEXED");
    if (out.content.empty() && out.content_rowid != "rowid")
        return wrong("content_rowid belongs to content, which names the table that has the rows");
    for (const Hidden one : hidden_columns)
        if (std::none_of(out.columns.begin(), out.columns.end(),
                         [&](const Column& column) { return same_name(column.name, name(one)); }))
            out.hidden.push_back(one);
    LECTERN_TRY(out.may_be_called(out.table));
    return out;
}

}  // namespace lectern::sqlite
