// documents/html_table.hpp: the rows of a table that holds data.
#pragma once

#include <gumbo.h>

#include <string>
#include <vector>

namespace lectern::documents {

// True for a table that only places the parts of a page: by its role, because it has one column, or
// because whole sections stand in its cells. Looks at the whole table, not into nested ones.
[[nodiscard]] bool places_a_page(const GumboNode& table);

// Puts cells into their columns: what spans columns or rows leaves empty cells.
class HtmlTable {
 public:
    void begin_row();
    void begin_cell(const GumboElement& cell);
    void end_cell(std::string text);
    // The row as a line, "" when it has no text.
    [[nodiscard]] std::string end_row();

 private:
    void pass_spans();

    std::vector<std::string> row_;
    std::vector<long> rows_left_;  // of the cell above, for each column
    long columns_ = 1;             // of the open cell
    long rows_ = 1;
};

}  // namespace lectern::documents
