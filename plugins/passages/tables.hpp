// passages/tables.hpp: the tables of a text, and the headers of their columns.
//
// A table is rows (text/tables.hpp) one below the other. Its header is its first row: in Markdown
// when a line of dashes follows, else when it names columns.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "passages/characters.hpp"
#include "text/headings.hpp"

namespace lectern::passages {

// Reads a text from its begin on, once.
class Tables {
 public:
    explicit Tables(std::string_view text) : text_(text) {}

    // Everything before `end`, which is the end of a line or of the text.
    void read_to(std::size_t end);
    // The header of the table that `at` lies in, behind the header; at most
    // text::longest_table_header bytes.
    [[nodiscard]] std::optional<Range> header_at(std::size_t at) const noexcept;
    // Whether `at` lies in a header.
    [[nodiscard]] bool is_header(std::size_t at) const noexcept;

 private:
    struct Table {
        Range header;
        std::size_t end = 0;  // behind its last row
    };
    void line(Range range);

    std::string_view text_;
    std::size_t read_ = 0;
    std::vector<Table> tables_;  // with a header
    std::size_t rows_ = 0;       // of the open table; 0: none is open
    Range first_;                // its first row
    bool first_is_header_ = false;
    bool open_has_header_ = false;  // the last one of tables_ is open
    text::CodeFence code_;
};

}  // namespace lectern::passages
