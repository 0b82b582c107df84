// documents/useful_title.hpp: whether a document's properties name it.
#pragma once

#include <string_view>

namespace lectern::documents {

// False for titles that programs write and no person gave ("untitled", "Microsoft Word - x.doc").
[[nodiscard]] bool useful_title(std::string_view title);

}  // namespace lectern::documents
