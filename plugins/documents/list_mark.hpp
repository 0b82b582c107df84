// documents/list_mark.hpp: how the items of a list are counted: 3, c, C, iii, III.
#pragma once

#include <string>

namespace lectern::documents {

enum class Counting { decimal, small_letters, large_letters, small_roman, large_roman };

// The number as it is written, without what stands behind it. Roman numbers end at 3999 and letters
// begin at 1; beyond, digits are written.
[[nodiscard]] std::string counted(long number, Counting counting);

}  // namespace lectern::documents
