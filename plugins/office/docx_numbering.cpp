#include "office/docx_numbering.hpp"

#include <algorithm>

namespace lectern::office {

using documents::counted;
using documents::Counting;

DocxNumbering::Level DocxNumbering::level_of(const Node& node) {
    Level out;
    out.start = number(child(node, "start"), "val", 1);
    if (const Node format = child(node, "numFmt")) out.format = value(format, "val");
    if (const Node text = child(node, "lvlText")) out.text = value(text, "val");
    return out;
}

DocxNumbering::DocxNumbering(Archive& archive, const std::string& part) {
    auto text = part.empty() ? std::nullopt : archive.read(part);
    if (!text) return;
    const Xml xml(std::move(*text), part);
    for (const Node& node : xml.root().children()) {
        if (is(node, "abstractNum")) {
            Kind& kind = kinds_[std::string(value(node, "abstractNumId"))];
            for (const Node& level : node.children()) {
                const long at = number(level, "ilvl", 0);
                if (is(level, "lvl") && at >= 0 && at < most_levels)
                    kind.levels[static_cast<std::size_t>(at)] = level_of(level);
            }
        } else if (is(node, "num")) {
            List& list = lists_[std::string(value(node, "numId"))];
            list.kind = value(child(node, "abstractNumId"), "val");
            for (const Node& change : node.children())
                if (const Node start = child(change, "startOverride"))
                    list.start[number(change, "ilvl", 0)] = number(start, "val", 1);
        }
    }
}

std::string DocxNumbering::written(long value, const std::string& format) {
    if (format == "lowerLetter") return counted(value, Counting::small_letters);
    if (format == "upperLetter") return counted(value, Counting::large_letters);
    if (format == "lowerRoman") return counted(value, Counting::small_roman);
    if (format == "upperRoman") return counted(value, Counting::large_roman);
    if (format == "none") return {};
    if (format == "decimalZero" && value >= 0 && value < 10) return "0" + std::to_string(value);
    return std::to_string(value);
}

std::string DocxNumbering::next(std::string_view list_id, long level) {
    const auto list = lists_.find(list_id);
    if (list == lists_.end() || level < 0 || level >= most_levels) return {};
    const auto found = kinds_.find(list->second.kind);
    if (found == kinds_.end()) return {};
    Kind& kind = found->second;
    if (!list->second.begun) {
        list->second.begun = true;
        for (const auto& [at, start] : list->second.start)
            if (at >= 0 && at < most_levels) kind.count[static_cast<std::size_t>(at)] = 0;
    }
    const auto start_of = [&](long at) {
        const auto own = list->second.start.find(at);
        return own != list->second.start.end() ? own->second
                                               : kind.levels[static_cast<std::size_t>(at)].start;
    };
    // Levels above that have not begun do so; levels below begin anew.
    for (long at = 0; at <= level; ++at) {
        long& count = kind.count[static_cast<std::size_t>(at)];
        if (count == 0)
            count = start_of(at) + 1;  // one more than it is, as 0 says that it has not begun
        else if (at == level)
            ++count;
    }
    std::fill(kind.count.begin() + level + 1, kind.count.end(), 0);

    const Level& own = kind.levels[static_cast<std::size_t>(level)];
    if (own.format == "bullet") return "-";
    std::string out;
    for (std::size_t i = 0; i < own.text.size(); ++i) {
        const char c = own.text[i];
        if (c != '%' || i + 1 == own.text.size()) {
            out += c;
            continue;
        }
        const long at = own.text[++i] - '1';
        if (at >= 0 && at < most_levels)
            out += written(kind.count[static_cast<std::size_t>(at)] - 1,
                           kind.levels[static_cast<std::size_t>(at)].format);
    }
    return out;
}

}  // namespace lectern::office
