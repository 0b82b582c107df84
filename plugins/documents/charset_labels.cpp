#include "documents/charset.hpp"

#include <array>
#include <string>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"

namespace lectern::documents {
namespace {

// Behind ASCII. ICU has no ISO 8859-16, and its KOI8-U lacks the Belarusian letter.
constexpr std::array<char16_t, 128> iso_8859_16{
    0x0080, 0x0081, 0x0082, 0x0083, 0x0084, 0x0085, 0x0086, 0x0087, 0x0088, 0x0089, 0x008A, 0x008B,
    0x008C, 0x008D, 0x008E, 0x008F, 0x0090, 0x0091, 0x0092, 0x0093, 0x0094, 0x0095, 0x0096, 0x0097,
    0x0098, 0x0099, 0x009A, 0x009B, 0x009C, 0x009D, 0x009E, 0x009F, 0x00A0, 0x0104, 0x0105, 0x0141,
    0x20AC, 0x201E, 0x0160, 0x00A7, 0x0161, 0x00A9, 0x0218, 0x00AB, 0x0179, 0x00AD, 0x017A, 0x017B,
    0x00B0, 0x00B1, 0x010C, 0x0142, 0x017D, 0x201D, 0x00B6, 0x00B7, 0x017E, 0x010D, 0x0219, 0x00BB,
    0x0152, 0x0153, 0x0178, 0x017C, 0x00C0, 0x00C1, 0x00C2, 0x0102, 0x00C4, 0x0106, 0x00C6, 0x00C7,
    0x00C8, 0x00C9, 0x00CA, 0x00CB, 0x00CC, 0x00CD, 0x00CE, 0x00CF, 0x0110, 0x0143, 0x00D2, 0x00D3,
    0x00D4, 0x0150, 0x00D6, 0x015A, 0x0170, 0x00D9, 0x00DA, 0x00DB, 0x00DC, 0x0118, 0x021A, 0x00DF,
    0x00E0, 0x00E1, 0x00E2, 0x0103, 0x00E4, 0x0107, 0x00E6, 0x00E7, 0x00E8, 0x00E9, 0x00EA, 0x00EB,
    0x00EC, 0x00ED, 0x00EE, 0x00EF, 0x0111, 0x0144, 0x00F2, 0x00F3, 0x00F4, 0x0151, 0x00F6, 0x015B,
    0x0171, 0x00F9, 0x00FA, 0x00FB, 0x00FC, 0x0119, 0x021B, 0x00FF};
constexpr std::array<char16_t, 128> koi8_u{
    0x2500, 0x2502, 0x250C, 0x2510, 0x2514, 0x2518, 0x251C, 0x2524, 0x252C, 0x2534, 0x253C, 0x2580,
    0x2584, 0x2588, 0x258C, 0x2590, 0x2591, 0x2592, 0x2593, 0x2320, 0x25A0, 0x2219, 0x221A, 0x2248,
    0x2264, 0x2265, 0x00A0, 0x2321, 0x00B0, 0x00B2, 0x00B7, 0x00F7, 0x2550, 0x2551, 0x2552, 0x0451,
    0x0454, 0x2554, 0x0456, 0x0457, 0x2557, 0x2558, 0x2559, 0x255A, 0x255B, 0x0491, 0x045E, 0x255E,
    0x255F, 0x2560, 0x2561, 0x0401, 0x0404, 0x2563, 0x0406, 0x0407, 0x2566, 0x2567, 0x2568, 0x2569,
    0x256A, 0x0490, 0x040E, 0x00A9, 0x044E, 0x0430, 0x0431, 0x0446, 0x0434, 0x0435, 0x0444, 0x0433,
    0x0445, 0x0438, 0x0439, 0x043A, 0x043B, 0x043C, 0x043D, 0x043E, 0x043F, 0x044F, 0x0440, 0x0441,
    0x0442, 0x0443, 0x0436, 0x0432, 0x044C, 0x044B, 0x0437, 0x0448, 0x044D, 0x0449, 0x0447, 0x044A,
    0x042E, 0x0410, 0x0411, 0x0426, 0x0414, 0x0415, 0x0424, 0x0413, 0x0425, 0x0418, 0x0419, 0x041A,
    0x041B, 0x041C, 0x041D, 0x041E, 0x041F, 0x042F, 0x0420, 0x0421, 0x0422, 0x0423, 0x0416, 0x0412,
    0x042C, 0x042B, 0x0417, 0x0428, 0x042D, 0x0429, 0x0427, 0x042A};

struct LabelRow {
    Encoding encoding;
    std::string_view labels;  // apart by one space
};

// The last ones browsers do not read, as pages could hide scripts in them; here they do no harm.
constexpr LabelRow rows[] = {
    {{"utf-8", "UTF-8", nullptr},
     "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"},
    {{"ibm866", "ibm866", nullptr}, "866 cp866 csibm866 ibm866"},
    {{"iso-8859-2", "iso-8859-2", nullptr},
     "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
     "iso_8859-2:1987 l2 latin2"},
    {{"iso-8859-3", "iso-8859-3", nullptr},
     "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
     "iso_8859-3:1988 l3 latin3"},
    {{"iso-8859-4", "iso-8859-4", nullptr},
     "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
     "iso_8859-4:1988 l4 latin4"},
    {{"iso-8859-5", "iso-8859-5", nullptr},
     "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
     "iso_8859-5 iso_8859-5:1988"},
    {{"iso-8859-6", "iso-8859-6", nullptr},
     "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
     "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
     "iso_8859-6:1987"},
    {{"iso-8859-7", "iso-8859-7", nullptr},
     "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
     "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"},
    {{"iso-8859-8", "iso-8859-8", nullptr},
     "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
     "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual"},
    {{"iso-8859-8-i", "iso-8859-8", nullptr}, "csiso88598i iso-8859-8-i logical"},
    {{"iso-8859-10", "iso-8859-10", nullptr},
     "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    {{"iso-8859-13", "iso-8859-13", nullptr}, "iso-8859-13 iso8859-13 iso885913"},
    {{"iso-8859-14", "iso-8859-14", nullptr}, "iso-8859-14 iso8859-14 iso885914"},
    {{"iso-8859-15", "iso-8859-15", nullptr},
     "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
    {{"iso-8859-16", nullptr, iso_8859_16.data()}, "iso-8859-16"},
    {{"koi8-r", "koi8-r", nullptr}, "cskoi8r koi koi8 koi8-r koi8_r"},
    {{"koi8-u", nullptr, koi8_u.data()}, "koi8-ru koi8-u"},
    {{"macintosh", "macintosh", nullptr}, "csmacintosh mac macintosh x-mac-roman"},
    {{"windows-874", "windows-874", nullptr},
     "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
    {{"windows-1250", "windows-1250", nullptr}, "cp1250 windows-1250 x-cp1250"},
    {{"windows-1251", "windows-1251", nullptr}, "cp1251 windows-1251 x-cp1251"},
    {{"windows-1252", "windows-1252", nullptr},
     "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
     "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin-1 latin1 us-ascii "
     "windows-1252 x-cp1252 x-user-defined"},
    {{"windows-1253", "windows-1253", nullptr}, "cp1253 windows-1253 x-cp1253"},
    {{"windows-1254", "windows-1254", nullptr},
     "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
     "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"},
    {{"windows-1255", "windows-1255", nullptr}, "cp1255 windows-1255 x-cp1255"},
    {{"windows-1256", "windows-1256", nullptr}, "cp1256 windows-1256 x-cp1256"},
    {{"windows-1257", "windows-1257", nullptr}, "cp1257 windows-1257 x-cp1257"},
    {{"windows-1258", "windows-1258", nullptr}, "cp1258 windows-1258 x-cp1258"},
    {{"x-mac-cyrillic", "x-mac-cyrillic", nullptr}, "x-mac-cyrillic x-mac-ukrainian"},
    {{"gbk", "gb18030", nullptr},
     "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"},
    {{"gb18030", "gb18030", nullptr}, "gb18030"},
    {{"big5", "big5-hkscs", nullptr}, "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    {{"euc-jp", "euc-jp", nullptr}, "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    {{"iso-2022-jp", "iso-2022-jp", nullptr}, "csiso2022jp iso-2022-jp"},
    {{"shift_jis", "windows-31j", nullptr},
     "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"},
    {{"euc-kr", "windows-949", nullptr},
     "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
     "ksc5601 ksc_5601 windows-949"},
    {{"utf-16be", "UTF-16BE", nullptr}, "unicodefffe utf-16be"},
    {{"utf-16le", "UTF-16LE", nullptr},
     "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"},
    {{"iso-2022-kr", "iso-2022-kr", nullptr}, "csiso2022kr iso-2022-kr"},
    {{"hz-gb-2312", "HZ", nullptr}, "hz-gb-2312"},
    {{"iso-2022-cn", "iso-2022-cn", nullptr}, "iso-2022-cn iso-2022-cn-ext"},
    {{"utf-32", "UTF-32", nullptr}, "utf-32"},
    {{"utf-32be", "UTF-32BE", nullptr}, "utf-32be"},
    {{"utf-32le", "UTF-32LE", nullptr}, "utf-32le"},
    {{"utf-7", "UTF-7", nullptr}, "utf-7"},
};

}  // namespace

Encoding encoding_of(std::string_view label) {
    const std::string wanted = " " + ascii_lower(trimmed(label)) + " ";
    if (wanted.size() < 4 || wanted.find(' ', 1) + 1 != wanted.size()) return {};
    for (const LabelRow& row : rows) {
        const std::string_view name = std::string_view(wanted).substr(1, wanted.size() - 2);
        for (std::string_view rest = row.labels; !rest.empty();) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (rest.substr(0, end) == name) return row.encoding;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return {};
}

std::string label_of_code_page(long page) {
    switch (page) {
        case 437:
        case 850:
        case 20127: return "windows-1252";
        case 866: return "ibm866";
        case 932: return "shift_jis";
        case 936: return "gbk";
        case 949:
        case 51949: return "euc-kr";
        case 950: return "big5";
        case 10000: return "macintosh";
        case 20866: return "koi8-r";
        case 21866: return "koi8-u";
        case 20932:
        case 51932: return "euc-jp";
        case 38598: return "iso-8859-8-i";
        case 50220:
        case 50221:
        case 50222: return "iso-2022-jp";
        case 51936: return "gbk";
        case 54936: return "gb18030";
        case 65001: return "utf-8";
        default: break;
    }
    if (page > 28590 && page < 28606) return "iso-8859-" + std::to_string(page - 28590);
    return "windows-" + std::to_string(page);
}

}  // namespace lectern::documents
