// office/fits.hpp: which files the extractor takes.
#pragma once

#include <string_view>

namespace lectern::office {

// 100 for the formats' own extensions, 70 by content, 0 for the rest. `head` is the first 4096
// bytes or less.
[[nodiscard]] unsigned office_fits(std::string_view name, std::string_view head);

}  // namespace lectern::office
