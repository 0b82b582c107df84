// documents/charset_labels.hpp: the labels of character sets and what they mean, by the WHATWG
// Encoding Standard, as browsers read them.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

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

}  // namespace lectern::documents
