#include "documents/charset.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>

#include "documents/extracted.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

struct CloseConverter {
    void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open(const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    Converter out(ucnv_open(name, &error));
    if (U_FAILURE(error))
        fail(LECTERN_UNSUPPORTED, "the character set \"" + std::string(name) +
                                      "\" is not known; convert the file to UTF-8 with iconv");
    return out;
}

}  // namespace

ByteOrderMark byte_order_mark(std::string_view bytes) noexcept {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xEF\xBB\xBF"sv)) return ByteOrderMark::utf8;
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv))
        return ByteOrderMark::utf32;
    if (bytes.starts_with("\xFF\xFE"sv)) return ByteOrderMark::utf16_little;
    if (bytes.starts_with("\xFE\xFF"sv)) return ByteOrderMark::utf16_big;
    return ByteOrderMark::none;
}

std::string to_utf8(std::string_view bytes, const std::string& charset) {
    const Converter from = open(charset.c_str());
    const Converter to = open("UTF-8");
    UErrorCode error = U_ZERO_ERROR;
    ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);

    std::array<UChar, 4096> pivot{};
    UChar* pivot_source = pivot.data();
    UChar* pivot_target = pivot.data();
    const char* source = bytes.data();
    const char* const source_limit = source + bytes.size();
    std::array<char, 16384> piece{};
    std::string out;
    out.reserve(bytes.size());
    bool first = true;
    for (;;) {
        char* target = piece.data();
        error = U_ZERO_ERROR;
        ucnv_convertEx(to.get(), from.get(), &target, target + piece.size(), &source, source_limit,
                       pivot.data(), &pivot_source, &pivot_target, pivot.data() + pivot.size(),
                       first, true, &error);
        first = false;
        out.append(piece.data(), target);
        if (error == U_BUFFER_OVERFLOW_ERROR) continue;
        if (U_SUCCESS(error)) return out;
        fail(LECTERN_INVALID_ARGUMENT,
             "the bytes before offset " + std::to_string(source - bytes.data()) +
                 " are not valid in the character set \"" + charset +
                 "\"; convert the file to UTF-8 with: iconv -f CHARSET -t UTF-8");
    }
}

std::string_view utf8_of(std::string_view bytes, std::string& storage) {
    switch (byte_order_mark(bytes)) {
        case ByteOrderMark::utf8: bytes.remove_prefix(3); break;
        case ByteOrderMark::utf16_little:
            storage = to_utf8(bytes.substr(2), "UTF-16LE");
            return storage;
        case ByteOrderMark::utf16_big:
            storage = to_utf8(bytes.substr(2), "UTF-16BE");
            return storage;
        case ByteOrderMark::utf32: storage = to_utf8(bytes, "UTF-32"); return storage;
        case ByteOrderMark::none: break;
    }
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos)
        fail(LECTERN_UNSUPPORTED,
             "looks like a binary file (NUL byte at offset " + std::to_string(nul) + ")");
    if (const std::size_t at = text::invalid_utf8_at(bytes); at != std::string_view::npos)
        fail(LECTERN_INVALID_ARGUMENT,
             "not valid UTF-8 at byte offset " + std::to_string(at) +
                 "; convert the file with: iconv -f CHARSET -t UTF-8 (often ISO-8859-1 or "
                 "windows-1252)");
    return bytes;
}

}  // namespace lectern::documents
