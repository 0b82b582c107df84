#include "engine/search/place.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "lectern/plugin.h"

namespace lectern {
namespace {

constexpr std::string_view below = " > ";  // between a heading and the one above it

std::string_view kind_name(std::uint32_t kind) {
    switch (kind) {
        case LECTERN_PLACE_PAGE: return "page";
        case LECTERN_PLACE_SLIDE: return "slide";
        case LECTERN_PLACE_CELLS: return "cells";
        case LECTERN_PLACE_CHAPTER: return "chapter";
        case LECTERN_PLACE_TIME: return "time";
        case LECTERN_PLACE_PART: return "part";
        case LECTERN_PLACE_NOTEBOOK_CELL: return "notebook_cell";
        case LECTERN_PLACE_SECTION: return "section";
        default: return {};
    }
}

// 28 is "AB".
std::string column_letters(std::uint32_t column) {
    std::string out;
    for (; column > 0; column = (column - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (column - 1) % 26));
    return out;
}

std::string clock_time(std::uint64_t milliseconds) {
    const std::uint64_t seconds = milliseconds / 1000;
    std::array<char, 40> out{};
    const int size = std::snprintf(out.data(), out.size(), "%02llu:%02llu:%02llu",
                                   static_cast<unsigned long long>(seconds / 3600),
                                   static_cast<unsigned long long>(seconds / 60 % 60),
                                   static_cast<unsigned long long>(seconds % 60));
    return {out.data(), static_cast<std::size_t>(std::max(size, 0))};
}

// The cells of places that follow each other in one sheet.
struct Cells {
    std::uint64_t first_row = 0;
    std::uint64_t last_row = 0;
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;

    void add(const storage::Place& place) {
        if (place.number == 0) return;
        first_row = first_row == 0 ? place.number : std::min(first_row, place.number);
        last_row = std::max(last_row, place.number);
        if (place.first_column == 0) return;
        first_column =
            first_column == 0 ? place.first_column : std::min(first_column, place.first_column);
        last_column = std::max({last_column, place.first_column, place.last_column});
    }
    // "A2:C9", or "" when rows or columns are not known.
    [[nodiscard]] std::string text() const {
        if (first_row == 0 || first_column == 0) return {};
        std::string out = column_letters(first_column) + std::to_string(first_row);
        if (first_row != last_row || first_column != last_column)
            out += ":" + column_letters(last_column) + std::to_string(last_row);
        return out;
    }
    // "Prices!A2:C9", "Prices, rows 2 to 9", "rows 2 to 9"
    [[nodiscard]] std::string in(const std::string& sheet) const {
        const std::string range = text();
        if (!range.empty()) return sheet.empty() ? range : sheet + "!" + range;
        if (first_row == 0) return sheet;
        const std::string rows = first_row == last_row ? "row " + std::to_string(first_row)
                                                       : "rows " + std::to_string(first_row) +
                                                             " to " + std::to_string(last_row);
        return sheet.empty() ? rows : sheet + ", " + rows;
    }
};

// Kinds that hold beside each other.
enum class Track { parts, sections, others };

Track track_of(std::uint32_t kind) {
    if (kind == LECTERN_PLACE_PART) return Track::parts;
    return kind == LECTERN_PLACE_SECTION ? Track::sections : Track::others;
}

// Nothing is known from there on.
bool is_unknown(const storage::Place& place) {
    return place.kind == LECTERN_PLACE_NONE ||
           (place.kind == LECTERN_PLACE_SECTION && place.name.empty());
}

// What holds somewhere in the bytes, in order. Kinds of later versions are passed over.
std::vector<const storage::Place*> holding(std::span<const storage::Place> places,
                                           std::uint64_t begin, std::uint64_t end, Track track) {
    std::vector<const storage::Place*> out;
    for (const storage::Place& place : places) {
        if (track_of(place.kind) != track) continue;
        if (place.kind != LECTERN_PLACE_NONE && kind_name(place.kind).empty()) continue;
        if (place.begin >= end && place.begin > begin) break;
        if (place.begin <= begin) out.clear();  // over before the bytes begin
        out.push_back(&place);
    }
    std::erase_if(out, [](const storage::Place* place) { return is_unknown(*place); });
    return out;
}

// "page iv" for what is printed, "page 4" for what is counted.
std::string called(const storage::Place& place) {
    if (place.kind == LECTERN_PLACE_TIME) return clock_time(place.number);
    return place.name.empty() ? std::to_string(place.number) : place.name;
}

void set_cells(const std::vector<const storage::Place*>& all, lectern::Place& out) {
    const std::string& last_name = all.back()->name;
    Cells first;
    Cells last;
    for (const storage::Place* place : all) {
        if (place->name == out.name) first.add(*place);
        if (place->name == last_name) last.add(*place);
    }
    out.first = first.first_row;
    out.last = first.last_row;
    out.cells = first.text();
    out.text = first.in(out.name);
    if (last_name != out.name) out.text += " to " + last.in(last_name);
}

// The headings above where the bytes begin, and up to those where they end.
void set_section(const std::vector<const storage::Place*>& all, lectern::Place& out) {
    if (all.empty()) return;
    std::string_view first = all.front()->name;
    std::string_view last = all.back()->name;
    // A chapter's name heads the chapter, too.
    for (std::string_view* path : {&first, &last}) {
        if (out.kind != kind_name(LECTERN_PLACE_CHAPTER) || !path->starts_with(out.name)) continue;
        const std::string_view rest = path->substr(out.name.size());
        if (rest.empty() || rest.starts_with(below)) *path = rest;
        if (path->starts_with(below)) path->remove_prefix(below.size());
    }
    const bool within =
        last == first || (last.starts_with(first) && last.substr(first.size()).starts_with(below));
    if (first.empty()) return;
    out.section = first;
    if (out.kind.empty()) out.kind = kind_name(LECTERN_PLACE_SECTION);
    std::string text = within || last.empty() ? "section " : "sections ";
    text += first;
    if (!within && !last.empty()) text.append(" to ").append(last);
    out.text = out.text.empty() ? text : out.text + ", " + text;
}

}  // namespace

Place place_of(std::span<const storage::Place> places, std::uint64_t begin, std::uint64_t end) {
    lectern::Place out;
    auto all = holding(places, begin, end, Track::others);
    if (!all.empty()) {
        const storage::Place& first = *all.front();
        std::erase_if(all, [&](const storage::Place* one) { return one->kind != first.kind; });
        const storage::Place& last = *all.back();
        out.kind = kind_name(first.kind);
        out.first = first.number;
        out.last = last.number;
        out.name = first.name;
        if (first.kind == LECTERN_PLACE_CELLS) {
            set_cells(all, out);
        } else {
            const std::string from = called(first);
            const std::string to = called(last);
            const bool one = from == to;
            if (first.kind == LECTERN_PLACE_NOTEBOOK_CELL)
                out.text = one ? "cell " : "cells ";
            else if (first.kind != LECTERN_PLACE_TIME)
                out.text = out.kind + (one ? " " : "s ");
            out.text += one ? from : from + " to " + to;
        }
    }
    set_section(holding(places, begin, end, Track::sections), out);
    const auto parts = holding(places, begin, end, Track::parts);
    if (parts.empty()) return out;
    out.part = parts.front()->name;
    if (out.kind.empty()) out.kind = kind_name(LECTERN_PLACE_PART);
    out.text = out.text.empty() ? out.part : out.part + ", " + out.text;
    return out;
}

Place place_of(std::span<const storage::Chunk> chunks, std::uint64_t begin, std::uint64_t end) {
    // The places of all chunks that have some of the bytes, counted from `begin`.
    std::vector<storage::Place> all;
    for (const storage::Chunk& chunk : chunks) {
        if (chunk.end <= begin || chunk.begin >= end) continue;
        for (const storage::Place& place : chunk.places) {
            all.push_back(place);
            const std::uint64_t at = chunk.begin + place.begin;
            all.back().begin = at < begin ? 0 : at - begin;
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return place_of(all, 0, end - begin);
}

}  // namespace lectern
