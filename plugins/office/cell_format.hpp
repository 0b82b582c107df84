// office/cell_format.hpp: how a workbook shows its numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "office/archive.hpp"

namespace lectern::office {

enum class CellFormat { general, date, time, date_time, percent };

// What the code of a number format shows: "yyyy-mm-dd", "0.0%", "[h]:mm".
[[nodiscard]] CellFormat format_of(std::string_view code);

// The formats of cells by the number of their style.
[[nodiscard]] std::vector<CellFormat> cell_formats(Archive& archive, const std::string& part);

// A number as text: dates as 2024-03-01, times as 14:30, no more than 15 digits. What is no number
// stays as it is. `from_1904`: the workbook counts its days from then.
[[nodiscard]] std::string shown(std::string_view number, CellFormat format, bool from_1904);

}  // namespace lectern::office
