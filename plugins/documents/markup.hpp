// documents/markup.hpp: writes light Markdown, the form in which every extractor gives text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/extracted.hpp"

namespace lectern::documents {

// Headings "# …", items "- …" or "3. …", rows "cell | cell"; blocks are apart by a blank line. What
// has no text is left out. Fails with LECTERN_RESOURCE_EXHAUSTED when the text gets too large.
class Markup {
 public:
    explicit Markup(std::size_t most_bytes = std::size_t{256} << 20) : most_(most_bytes) {}

    // Level 1 is the highest, beyond 6 is 6.
    void heading(int level, std::string_view text);
    // Lines stay lines; white space within them is one space.
    void paragraph(std::string_view text);
    // `mark` is "3.", "a)", "-".
    void item(std::string_view mark, std::string_view text);
    void row(const std::vector<std::string>& cells);
    // What follows is another table, another list.
    void end() noexcept { last_ = Last::block; }
    // A text that is such Markdown already.
    void block(std::string_view text);
    // The same, with its places.
    void append(Markup&& other);
    // What is written next comes from there, and all behind it until the next place.
    void place(Place place) { waiting_ = std::move(place); }

    // The first heading, or "".
    [[nodiscard]] const std::string& first_heading() const noexcept { return first_heading_; }
    [[nodiscard]] std::string take() { return std::move(out_); }
    // They turned out to be unknown.
    void forget_places() noexcept {
        places_.clear();
        waiting_.reset();
    }
    [[nodiscard]] std::vector<Place> take_places() { return std::move(places_); }
    [[nodiscard]] bool empty() const noexcept { return out_.empty(); }

 private:
    enum class Last { nothing, block, item, row };
    void add(Last kind, std::string_view text);

    std::size_t most_;
    std::string out_;
    std::string first_heading_;
    Last last_ = Last::nothing;
    std::vector<Place> places_;
    std::optional<Place> waiting_;  // for the next text
};

// All white space is one space, none at the ends.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace lectern::documents
