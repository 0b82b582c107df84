// office/xlsx.hpp: Excel workbooks (ECMA-376, SpreadsheetML).
#pragma once

#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// Each sheet under its name: a line a row, dates and percentages as they are shown, text boxes and
// comments behind. Not: hidden sheets, rows and columns; formulas (their results are there).
[[nodiscard]] documents::Extracted xlsx_text(Archive& archive, const std::string& part);

}  // namespace lectern::office
