// data/read_data.hpp: which reader a file of data gets.
#pragma once

#include <string_view>

#include "documents/extracted.hpp"

namespace lectern::data {

// 100 for .csv, .tsv, .json, .xml, .svg, .ipynb, .srt and .vtt; 95 for JSON lines that have no
// "text", as those are no documents; else 0. `head` is the first 4096 bytes or less.
[[nodiscard]] unsigned data_fits(std::string_view name, std::string_view head);

// The title is what the file says, else its name. JSON and XML that are broken are given as they
// are.
[[nodiscard]] documents::Extracted read_data(std::string_view bytes, std::string_view name,
                                             std::string_view media_type);

}  // namespace lectern::data
