#include "office/drawing_text.hpp"

#include <array>
#include <vector>

#include "documents/list_mark.hpp"
#include "office/ooxml.hpp"

namespace lectern::office {
namespace {

using documents::counted;
using documents::Counting;
using documents::Markup;
using documents::one_line;

// "arabicPeriod" -> "3.", "alphaLcParenR" -> "c)".
std::string automatic_mark(std::string_view type, long number) {
    Counting counting = Counting::decimal;
    if (type.starts_with("alphaLc")) counting = Counting::small_letters;
    if (type.starts_with("alphaUc")) counting = Counting::large_letters;
    if (type.starts_with("romanLc")) counting = Counting::small_roman;
    if (type.starts_with("romanUc")) counting = Counting::large_roman;
    const std::string text = counted(number, counting);
    if (type.ends_with("ParenBoth")) return "(" + text + ")";
    if (type.ends_with("ParenR")) return text + ")";
    return text + ".";
}

}  // namespace

std::string drawing_paragraph(const Node& paragraph) {
    std::string out;
    for (const Node& node : paragraph.children()) {
        if (is(node, "r") || is(node, "fld"))
            out += child(node, "t").child_value();
        else if (is(node, "br"))
            out += '\n';
        else if (is(node, "m") || is(node, "oMath"))
            out += text_of(node);
        else if (is(node, "AlternateContent"))
            out += drawing_paragraph(chosen(node));
    }
    return out;
}

void write_drawing_body(const Node& body, bool bullets, Markup& out) {
    constexpr std::size_t levels = 9;
    std::array<long, levels> count{};
    out.end();
    for (const Node& node : body.children()) {
        if (!is(node, "p")) continue;
        const std::string text = drawing_paragraph(node);
        const Node properties = child(node, "pPr");
        const long given = number(properties, "lvl", 0);
        const std::size_t level =
            given >= 0 && given < static_cast<long>(levels) ? static_cast<std::size_t>(given) : 0;
        if (one_line(text).empty()) continue;
        const Node numbered = child(properties, "buAutoNum");
        for (std::size_t deeper = level + 1; deeper < levels; ++deeper) count[deeper] = 0;
        if (!numbered) count[level] = 0;
        if (numbered) {
            const long start = number(numbered, "startAt", 1);
            out.item(automatic_mark(value(numbered, "type"), start + count[level]++), text);
        } else if (child(properties, "buChar") || child(properties, "buBlip") ||
                   (bullets && !child(properties, "buNone"))) {
            out.item("-", text);
        } else {
            out.paragraph(text);
        }
    }
    out.end();
}

std::string drawing_line(const Node& body) {
    std::string out;
    for (const Node& node : body.children())
        if (is(node, "p")) out += drawing_paragraph(node) + ' ';
    return one_line(out);
}

void write_drawing_table(const Node& table, Markup& out) {
    out.end();
    for (const Node& row : table.children()) {
        if (!is(row, "tr")) continue;
        std::vector<std::string> cells;
        for (const Node& cell : row.children()) {
            if (!is(cell, "tc")) continue;
            const bool merged = value(cell, "hMerge") == "1" || value(cell, "vMerge") == "1" ||
                                value(cell, "hMerge") == "true" || value(cell, "vMerge") == "true";
            cells.push_back(merged ? std::string{} : drawing_line(child(cell, "txBody")));
        }
        out.row(cells);
    }
    out.end();
}

}  // namespace lectern::office
