#include "documents/html_charset.hpp"

#include <algorithm>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

// What stands behind "charset=" in the first <meta> that has it; "" when none has.
std::string declared(std::string_view bytes) {
    const std::string head = ascii_lower(bytes.substr(0, 4096));
    for (std::size_t at = head.find("<meta"); at != std::string::npos;
         at = head.find("<meta", at + 5)) {
        const std::size_t end = std::min(head.find('>', at), head.size());
        std::size_t value = head.find("charset", at);
        if (value >= end) continue;
        value = head.find_first_not_of(" \t\r\n", value + 7);
        if (value >= end || head[value] != '=') continue;
        value = head.find_first_not_of(" \t\r\n\"'", value + 1);
        if (value >= end) continue;
        const std::size_t stop = std::min(head.find_first_of(" \t\r\n\"';/>", value), end);
        return head.substr(value, stop - value);
    }
    return {};
}

// The WHATWG Encoding Standard reads these labels as their Windows supersets.
std::string icu_name(const std::string& label) {
    if (label == "iso-8859-1" || label == "latin1" || label == "latin-1" || label == "us-ascii" ||
        label == "ascii")
        return "windows-1252";
    if (label == "iso-8859-9") return "windows-1254";
    if (label == "gb2312" || label == "gbk") return "gb18030";
    if (label == "shift_jis" || label == "sjis" || label == "x-sjis") return "windows-31j";
    return label;
}

bool ascii(std::string_view bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string_view html_utf8(std::string_view bytes, std::string_view charset, std::string& storage) {
    if (byte_order_mark(bytes) != ByteOrderMark::none) return utf8_of(bytes, storage);
    std::string label = ascii_lower(trimmed(charset));
    if (label.empty()) label = declared(bytes);
    // A page that could be read so far that it declares UTF-16 is not in UTF-16 (HTML standard).
    if (label.empty() || label == "utf8" || label.starts_with("utf-")) label = "utf-8";
    if (label == "utf-8") return utf8_of(bytes, storage);
    if (text::invalid_utf8_at(bytes) == std::string_view::npos && !ascii(bytes))
        return utf8_of(bytes, storage);
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos)
        fail(LECTERN_UNSUPPORTED,
             "looks like a binary file (NUL byte at offset " + std::to_string(nul) + ")");
    storage = to_utf8(bytes, icu_name(label));
    return storage;
}

}  // namespace lectern::documents
