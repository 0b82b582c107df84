// documents/fits.hpp: which extractor takes a source. By extension first, then by content.
#pragma once

#include <string_view>

namespace lectern::documents {

// Each gives 0 (not at all) to 100; `head` is the first 4096 bytes or less. 100 for the format's
// own extension; 40 to 80 by content, only for extensions that no format here owns; 10 for what
// looks like UTF-8 text; 1 for the rest, so that the text extractor explains what it is not.
[[nodiscard]] unsigned text_fits(std::string_view name, std::string_view head);
[[nodiscard]] unsigned html_fits(std::string_view name, std::string_view head);
[[nodiscard]] unsigned pdf_fits(std::string_view name, std::string_view head);
[[nodiscard]] unsigned jsonl_fits(std::string_view name, std::string_view head);

}  // namespace lectern::documents
