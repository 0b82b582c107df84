// office/odf_styles.hpp: what the styles of an OpenDocument hide, where they begin pages, and how
// its lists count.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "documents/list_mark.hpp"
#include "office/xml.hpp"

namespace lectern::office {

struct OdfLevel {
    bool numbered = false;
    documents::Counting counting = documents::Counting::decimal;
    std::string before;
    std::string behind;
    long start = 1;
    long shown = 1;  // levels that its number shows ("2.1")
};

class OdfStyles {
 public:
    // Of one of the parts content.xml and styles.xml; the later one wins.
    void add(const Node& root);

    [[nodiscard]] bool hides(std::string_view style) const { return hidden_.contains(style); }
    // Whether what has this style begins a page, or ends one.
    [[nodiscard]] bool begins_page(std::string_view style) const;
    [[nodiscard]] bool ends_page(std::string_view style) const;
    // Levels count from 0; bullets when the list is not known.
    [[nodiscard]] const OdfLevel& level(std::string_view list, std::size_t level) const;

 private:
    static constexpr std::size_t most_levels = 10;
    void add_list(const Node& node);

    // What a style says of pages; what it does not say, the one that it is based on says.
    struct PageBreaks {
        std::string parent;
        std::optional<bool> before{};
        std::optional<bool> after{};
    };
    void add_breaks(const Node& style);
    [[nodiscard]] bool breaks(std::string_view style, std::optional<bool> PageBreaks::*side) const;

    std::map<std::string, PageBreaks, std::less<>> breaks_;
    std::set<std::string, std::less<>> hidden_;
    std::map<std::string, std::array<OdfLevel, most_levels>, std::less<>> lists_;
    OdfLevel bullet_;
};

}  // namespace lectern::office
