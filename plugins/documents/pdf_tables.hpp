// documents/pdf_tables.hpp: tables on a page, by where their pieces stand.
#pragma once

#include <string>
#include <vector>

#include "documents/pdf_layout.hpp"

namespace lectern::documents {

struct PdfTable {
    std::vector<std::size_t> pieces;  // of the page, in ascending order
    std::vector<std::string> rows;    // "cell | cell"
};

// Rows of short pieces one below the other with a gutter between them. Two columns of prose are
// none. A cell of several lines is one.
[[nodiscard]] std::vector<PdfTable> tables_of(const PdfPage& page);

}  // namespace lectern::documents
