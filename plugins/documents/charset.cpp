#include "documents/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <memory>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/ascii.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;

struct CloseConverter {
    void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

struct CloseDetector {
    void operator()(UCharsetDetector* detector) const noexcept { ucsdet_close(detector); }
};

Converter open(const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    Converter out(ucnv_open(name, &error));
    if (U_FAILURE(error))
        fail(LECTERN_INTERNAL, "ICU has no converter for \"" + std::string(name) + "\"");
    return out;
}

// Writes U+FFFD for what does not fit, and counts it.
void replace(const void* context, UConverterToUnicodeArgs* arguments, const char* /*bytes*/,
             std::int32_t /*size*/, UConverterCallbackReason reason, UErrorCode* error) {
    if (reason > UCNV_IRREGULAR) return;
    constexpr UChar mark = 0xFFFD;
    ++*static_cast<std::size_t*>(const_cast<void*>(context));  // NOLINT(*-const-cast): ICU's face
    *error = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(arguments, &mark, 1, 0, error);
}

void append_character(char16_t character, std::string& out) {
    const auto value = static_cast<unsigned>(character);
    if (value < 0x80) {
        out += static_cast<char>(value);
    } else if (value < 0x800) {
        out += static_cast<char>(0xC0U | (value >> 6U));
        out += static_cast<char>(0x80U | (value & 0x3FU));
    } else {
        out += static_cast<char>(0xE0U | (value >> 12U));
        out += static_cast<char>(0x80U | ((value >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (value & 0x3FU));
    }
}

// Characters beyond ASCII that are whole, and bytes that are not.
struct Counts {
    std::size_t good = 0;
    std::size_t bad = 0;
};

Counts count(std::string_view bytes) {
    Counts out;
    while (!bytes.empty()) {
        const std::size_t bad = text::invalid_utf8_at(bytes);
        const std::string_view valid = bytes.substr(0, bad);
        out.good += static_cast<std::size_t>(
            std::count_if(valid.begin(), valid.end(), [](char c) { return (c & 0xC0) == 0xC0; }));
        if (bad == std::string_view::npos) break;
        ++out.bad;
        bytes.remove_prefix(bad + 1);
    }
    return out;
}

bool ascii(std::string_view bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Which half of each pair of bytes is NUL where the other is a character of a European language:
// spaces and line ends are, even in languages that write no Latin letters.
std::string_view utf16_without_mark(std::string_view bytes) noexcept {
    constexpr std::size_t looked_at = 65536;
    const std::string_view head =
        bytes.substr(0, std::min(bytes.size(), looked_at) & ~std::size_t{1});
    if (bytes.size() % 2 != 0 || head.size() < 4) return {};
    std::array<std::size_t, 2> nul{};
    for (std::size_t i = 0; i < head.size(); ++i)
        if (head[i] == '\0') ++nul[i % 2];
    const std::size_t pairs = head.size() / 2;
    const auto is_other = [&](std::size_t many, std::size_t few) {
        return many * 50 >= pairs && few * 20 <= many;
    };
    std::string_view found;
    if (is_other(nul[1], nul[0])) found = "utf-16le";
    if (is_other(nul[0], nul[1])) found = "utf-16be";
    if (found.empty()) return {};
    // Text has few control characters, and no halves of pairs alone.
    std::size_t strange = 0;
    for (std::size_t i = 0; i < head.size(); i += 2) {
        const auto high = static_cast<unsigned char>(head[found == "utf-16be" ? i : i + 1]);
        const auto low = static_cast<unsigned char>(head[found == "utf-16be" ? i + 1 : i]);
        if (high == 0 && low < 0x20 && low != '\t' && low != '\n' && low != '\r' && low != '\f')
            ++strange;
    }
    return strange * 100 > pairs ? std::string_view{} : found;
}

// A picture, a program, something packed: control characters that no text has, and not few.
void refuse_binary(std::string_view bytes) {
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos)
        fail(LECTERN_UNSUPPORTED,
             "looks like a binary file (NUL byte at offset " + std::to_string(nul) + ")");
    const std::string_view head = bytes.substr(0, 65536);
    const auto control =
        static_cast<std::size_t>(std::count_if(head.begin(), head.end(), [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte == 0x7F || (byte < 0x20 && (byte < 0x09 || byte > 0x0D) && byte != 0x1B);
        }));
    if (control * 50 > head.size())
        fail(LECTERN_UNSUPPORTED, "looks like a binary file (many control characters)");
}

// What has a letter here and there, so that a few of them say less than many.
bool mostly_ascii(std::string_view bytes) noexcept {
    std::size_t ascii_letters = 0;
    std::size_t others = 0;
    for (const char c : bytes) {
        if (static_cast<unsigned char>(c) >= 0x80)
            ++others;
        else if (text::is_ascii_letter(c))
            ++ascii_letters;
    }
    return others <= ascii_letters;
}

// Of much ASCII and a few letters, ICU would see the ASCII alone: what stands around the letters.
std::string around_letters(std::string_view bytes, std::size_t most) {
    constexpr std::size_t near = 40;
    std::string out;
    for (std::size_t i = 0; i < bytes.size() && out.size() < most; ++i) {
        if (static_cast<unsigned char>(bytes[i]) < 0x80) continue;
        const std::size_t begin = i > near ? i - near : 0;
        std::size_t end = std::min(i + near, bytes.size());
        while (end < bytes.size() && static_cast<unsigned char>(bytes[end]) >= 0x80) ++end;
        out += bytes.substr(begin, end - begin);
        out += ' ';
        i = end;
    }
    return out;
}

bool is_latin(const Encoding& encoding) {
    for (const std::string_view name :
         {"windows-1252", "windows-1250", "windows-1254", "iso-8859-2"})
        if (encoding.name == name) return true;
    return false;
}

// Whether text in that encoding would hold these bytes, but for a broken one: no character that
// there is none for, and no controls where other encodings have letters.
bool could_be(const Encoding& encoding, std::string_view bytes) {
    constexpr std::size_t looked_at = std::size_t{64} << 10;
    const std::string_view head = bytes.substr(0, looked_at);
    const std::string text = to_utf8(head, encoding);
    std::size_t bad = 0;
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        const bool control = text[at] == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
        if (control || std::string_view(text).substr(at).starts_with("\xEF\xBF\xBD")) ++bad;
    }
    const auto letters = static_cast<std::size_t>(std::count_if(
        head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    return bad * 50 <= letters;
}

// Of those that ICU knows nothing of: the one in which nearly all letters are of its script.
Encoding by_script(std::string_view bytes) {
    constexpr std::size_t looked_at = std::size_t{64} << 10;
    constexpr std::size_t fewest = 20;  // letters
    struct {
        const char* charset;
        unsigned char begin[2];  // of the UTF-8 of its letters
        unsigned char end[2];
    } constexpr all[] = {
        {"windows-874", {0xE0, 0xB8}, {0xE0, 0xBA}},  // U+0E00 to U+0E7F
        {"ibm866", {0xD0, 0x80}, {0xD2, 0x80}},       // U+0400 to U+047F
    };
    for (const auto& each : all) {
        const Encoding encoding = encoding_of(each.charset);
        const std::string text = to_utf8(bytes.substr(0, looked_at), encoding);
        std::size_t letters = 0;
        std::size_t of_script = 0;
        for (std::size_t at = 0; at + 1 < text.size(); ++at) {
            if ((text[at] & 0xC0) != 0xC0) continue;  // ASCII, or within a letter
            const unsigned head[2] = {static_cast<unsigned char>(text[at]),
                                      static_cast<unsigned char>(text[at + 1])};
            ++letters;
            if (std::lexicographical_compare(head, head + 2, each.end, each.end + 2) &&
                !std::lexicographical_compare(head, head + 2, each.begin, each.begin + 2))
                ++of_script;
        }
        if (letters >= fewest && of_script * 20 >= letters * 19) return encoding;
    }
    return {};
}

// ICU's guess, taken for what browsers call it: the best that the bytes are possible in. Of what
// says little, Western European is the most common; but a text whose letters are hardly ever ASCII
// is in another script, and there the little that ICU says of a few sentences is worth more.
Encoding guess(std::string_view bytes) {
    constexpr std::size_t looked_at = std::size_t{256} << 10;
    const bool other_script = !mostly_ascii(bytes);
    constexpr int least_confidence = 25;
    constexpr int least_for_other_script = 15;
    const Encoding western = encoding_of("windows-1252");
    const std::string sample =
        other_script ? std::string(bytes.substr(0, looked_at)) : around_letters(bytes, looked_at);
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&error));
    if (U_FAILURE(error)) return western;
    ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &error);
    std::int32_t count = 0;
    const UCharsetMatch** const matches = ucsdet_detectAll(detector.get(), &count, &error);
    if (U_FAILURE(error) || matches == nullptr) return western;
    for (std::int32_t i = 0; i < count; ++i) {
        const int confidence = ucsdet_getConfidence(matches[i], &error);
        const char* const name = ucsdet_getName(matches[i], &error);
        if (U_FAILURE(error) || name == nullptr || confidence < least_for_other_script) break;
        const Encoding found = encoding_of(name);
        if (confidence < least_confidence && (!other_script || is_latin(found))) continue;
        // Not UTF-8, as that has been looked for; UTF-16 and 32 would hold NUL bytes.
        if (found && !found.name.starts_with("utf-") && could_be(found, bytes)) return found;
    }
    const Encoding other = other_script ? by_script(bytes) : Encoding{};
    return other ? other : western;
}

Decoded as(const Encoding& encoding, std::string_view bytes, std::string& storage) {
    Decoded out;
    out.charset = encoding.name;
    if (encoding.name == "utf-8" && text::invalid_utf8_at(bytes) == std::string_view::npos) {
        out.text = bytes;
        return out;
    }
    storage = to_utf8(bytes, encoding, &out.replaced);
    out.text = storage;
    return out;
}

}  // namespace

ByteOrderMark byte_order_mark(std::string_view bytes) noexcept {
    if (bytes.starts_with("\xEF\xBB\xBF"sv)) return ByteOrderMark::utf8;
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv))
        return ByteOrderMark::utf32;
    if (bytes.starts_with("\xFF\xFE"sv)) return ByteOrderMark::utf16_little;
    if (bytes.starts_with("\xFE\xFF"sv)) return ByteOrderMark::utf16_big;
    return ByteOrderMark::none;
}

std::string to_utf8(std::string_view bytes, const Encoding& encoding, std::size_t* replaced) {
    std::string out;
    out.reserve(bytes.size());
    if (encoding.high != nullptr) {
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            append_character(byte < 0x80 ? char16_t{byte} : encoding.high[byte - 0x80], out);
        }
        return out;
    }
    const Converter from = open(encoding.converter);
    const Converter to = open("UTF-8");
    std::size_t count = 0;
    UErrorCode error = U_ZERO_ERROR;
    ucnv_setToUCallBack(from.get(), &replace, &count, nullptr, nullptr, &error);

    std::array<UChar, 4096> pivot{};
    UChar* pivot_source = pivot.data();
    UChar* pivot_target = pivot.data();
    const char* source = bytes.data();
    const char* const source_limit = source + bytes.size();
    std::array<char, 16384> piece{};
    bool first = true;
    do {
        char* target = piece.data();
        error = U_ZERO_ERROR;
        ucnv_convertEx(to.get(), from.get(), &target, target + piece.size(), &source, source_limit,
                       pivot.data(), &pivot_source, &pivot_target, pivot.data() + pivot.size(),
                       first, true, &error);
        first = false;
        out.append(piece.data(), target);
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    if (U_FAILURE(error))
        fail(LECTERN_INTERNAL, "ICU could not read the file as " + std::string(encoding.name) +
                                   ": " + u_errorName(error));
    if (replaced != nullptr) *replaced += count;
    return out;
}

Decoded decode(std::string_view bytes, std::string_view transport, std::string_view declared,
               std::string& storage) {
    switch (byte_order_mark(bytes)) {
        case ByteOrderMark::utf8: return as(encoding_of("utf-8"), bytes.substr(3), storage);
        case ByteOrderMark::utf16_little:
            return as(encoding_of("utf-16le"), bytes.substr(2), storage);
        case ByteOrderMark::utf16_big: return as(encoding_of("utf-16be"), bytes.substr(2), storage);
        case ByteOrderMark::utf32: return as(encoding_of("utf-32"), bytes, storage);
        case ByteOrderMark::none: break;
    }
    Encoding said = encoding_of(transport);
    if (!said) {
        said = encoding_of(declared);
        // Who could read that it declares UTF-16 has read it as something else.
        if (said.name.starts_with("utf-")) said = encoding_of("utf-8");
    }
    if (said.name.starts_with("utf-16") || said.name.starts_with("utf-32"))
        return as(said, bytes, storage);
    if (bytes.find('\0') != std::string_view::npos) {
        const std::string_view utf16 = utf16_without_mark(bytes);
        if (utf16.empty()) refuse_binary(bytes);
        Decoded out = as(encoding_of(utf16), bytes, storage);
        out.guessed = true;
        return out;
    }
    const bool valid = text::invalid_utf8_at(bytes) == std::string_view::npos;
    const bool in_shifts = said.name.starts_with("iso-2022") || said.name == "hz-gb-2312";
    if (valid && !in_shifts && (!said || !ascii(bytes))) return {bytes, "utf-8", false, 0};
    if (said && said.name != "utf-8") return as(said, bytes, storage);
    if (valid) return {bytes, "utf-8", false, 0};

    const Counts found = count(bytes);
    // One broken byte is no other character set, and one letter of another is no broken byte.
    if (found.good >= found.bad || (said && found.bad <= 2))
        return as(encoding_of("utf-8"), bytes, storage);
    refuse_binary(bytes);
    Decoded out = as(guess(bytes), bytes, storage);
    out.guessed = true;
    return out;
}

std::string charset_of(std::string_view media_type) {
    const std::string lower = ascii_lower(media_type);
    const std::size_t at = lower.find("charset");
    if (at == std::string::npos) return {};
    std::string_view value = trimmed(std::string_view(lower).substr(at + 7));
    if (!value.starts_with('=')) return {};
    value = trimmed(value.substr(1));
    value = value.substr(0, value.find(';'));
    std::string out(trimmed(value));
    std::erase_if(out, [](char c) { return c == '"' || c == '\''; });
    return out;
}

std::string_view xml_declared(std::string_view bytes) noexcept {
    if (!bytes.starts_with("<?xml")) return {};
    const std::string_view head = bytes.substr(0, std::min(bytes.find("?>"), std::size_t{256}));
    std::size_t at = head.find("encoding");
    if (at == std::string_view::npos) return {};
    at = head.find_first_not_of(" \t\r\n=", at + 8);
    if (at == std::string_view::npos || (head[at] != '"' && head[at] != '\'')) return {};
    const std::size_t end = head.find(head[at], at + 1);
    return end == std::string_view::npos ? std::string_view{} : head.substr(at + 1, end - at - 1);
}

std::string metadata_of(const Decoded& decoded) {
    std::string out;
    if (decoded.guessed) out = "\"charset\":\"" + decoded.charset + "\",\"charset_guessed\":true";
    if (decoded.replaced > 0) {
        if (!out.empty()) out += ',';
        out += "\"replaced_characters\":" + std::to_string(decoded.replaced);
    }
    return out;
}

}  // namespace lectern::documents
