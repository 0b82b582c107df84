// documents/charset.hpp: character sets: what their labels mean, what a file says of its own, and
// bytes of a file to UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::documents {

// By the WHATWG Encoding Standard, as browsers read labels.
struct Encoding {
    std::string_view name;            // WHATWG's, in lower case; "" when the label is not known
    const char* converter = nullptr;  // ICU's name
    const char16_t* high = nullptr;   // or the upper half of a single-byte set that ICU lacks
    explicit operator bool() const noexcept { return !name.empty(); }
};

// Case and white space around the label do not count.
[[nodiscard]] Encoding encoding_of(std::string_view label);

// The label of a code page of Windows, by which RTF and Outlook say the character set of their
// bytes; one that nobody knows where there is none.
[[nodiscard]] std::string label_of_code_page(long page);

enum class ByteOrderMark { none, utf8, utf16_little, utf16_big, utf32 };

[[nodiscard]] ByteOrderMark byte_order_mark(std::string_view bytes) noexcept;

// What is read: a view into the bytes when they are UTF-8 already, otherwise into the storage.
struct Decoded {
    std::string_view text;
    std::string charset = "utf-8";  // WHATWG's name
    bool guessed = false;           // nothing said it
    std::size_t replaced = 0;       // U+FFFD in the place of bytes that do not fit
};

// Reads bytes in the character set that they are in. In this order: a byte order mark; `transport`
// (the charset of HTTP's Content-Type); `declared` (by the file itself); UTF-8 when all bytes are
// valid or few are not; UTF-16 without its mark; a guess by ICU. Labels that are not known count as
// none. Bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever is declared. Fails with
// LECTERN_UNSUPPORTED on what is no text ("looks like a binary file").
[[nodiscard]] Decoded decode(std::string_view bytes, std::string_view transport,
                             std::string_view declared, std::string& storage);

// Converts; counts what it replaced when asked to. Any size, in pieces.
[[nodiscard]] std::string to_utf8(std::string_view bytes, const Encoding& encoding,
                                  std::size_t* replaced = nullptr);

// "text/html; charset=utf-8" -> "utf-8"; "" when there is none.
[[nodiscard]] std::string charset_of(std::string_view media_type);

// `<?xml version="1.0" encoding="windows-1252"?>` -> "windows-1252"; "" when there is none.
[[nodiscard]] std::string_view xml_declared(std::string_view bytes) noexcept;

// The label in an HTML page's <meta charset>, <meta http-equiv> or XML declaration in the first
// 4096 bytes; "" when there is none. Comments do not count.
[[nodiscard]] std::string html_declared(std::string_view bytes);

// What a reader of the collection should know of it, as members of a JSON object without braces:
// `"charset":"windows-1252","charset_guessed":true`; "" for UTF-8 without a fault.
[[nodiscard]] std::string metadata_of(const Decoded& decoded);

}  // namespace lectern::documents
