// documents/charset.hpp: bytes of a file to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

enum class ByteOrderMark { none, utf8, utf16_little, utf16_big, utf32 };

[[nodiscard]] ByteOrderMark byte_order_mark(std::string_view bytes) noexcept;

// Converts with ICU's converter of that name ("windows-1252", "Shift_JIS", "UTF-16LE"). Fails when
// the charset is unknown, and when `bytes` do not fit it. Reads and writes in pieces: any size.
[[nodiscard]] std::string to_utf8(std::string_view bytes, const std::string& charset);

// UTF-8 without its mark: a view into `bytes` when they are UTF-8 already, otherwise into
// `storage`, which receives converted UTF-16. Fails on NUL bytes ("looks like a binary file") and
// on invalid UTF-8, each with the offset.
[[nodiscard]] std::string_view utf8_of(std::string_view bytes, std::string& storage);

}  // namespace lectern::documents
