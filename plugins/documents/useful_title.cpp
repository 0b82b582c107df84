#include "documents/useful_title.hpp"

#include <algorithm>
#include <array>

#include "documents/file_name.hpp"
#include "text/ascii.hpp"
#include "text/text.hpp"

namespace lectern::documents {

bool useful_title(std::string_view title) {
    constexpr std::array<std::string_view, 12> given_by_programs{
        "untitled",     "untitled document", "unknown",  "document",     "powerpoint presentation",
        "presentation", "slide 1",           "workbook", "spreadsheet1", "no title",
        "title",        "unbenannt"};
    if (text::invalid_utf8_at(title) != std::string_view::npos) return false;
    std::string lower = ascii_lower(title);
    // "Document1", "Book 2"
    std::string stem = lower;
    while (!stem.empty() && (text::is_digit(stem.back()) || stem.back() == ' ')) stem.pop_back();
    if (lower.empty() || ((stem == "document" || stem == "book" || stem == "doc") && stem != lower))
        return false;
    if (lower.starts_with("microsoft word - ")) return false;
    return std::find(given_by_programs.begin(), given_by_programs.end(), lower) ==
           given_by_programs.end();
}

}  // namespace lectern::documents
