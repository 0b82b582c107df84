#include "plugins/wordpiece/characters.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace lectern::wordpiece {
namespace {

constexpr unsigned categories_version = 8;
constexpr unsigned decompositions_version = 12;

bool known_since(CodePoint code, unsigned version) noexcept {
    UVersionInfo age;
    u_charAge(code, age);
    return age[0] != 0 && age[0] <= version;
}

bool in_category(CodePoint code, std::uint32_t mask) noexcept {
    return (U_GET_GC_MASK(code) & mask) != 0 && known_since(code, categories_version);
}

constexpr bool between(CodePoint code, CodePoint first, CodePoint last) noexcept {
    return code >= first && code <= last;
}

}  // namespace

bool is_dropped(CodePoint code) noexcept {
    if (code == '\t' || code == '\n' || code == '\r') return false;
    if (code == 0 || code == 0xFFFD) return true;
    return in_category(code, U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK);
}

bool is_white_space(CodePoint code) noexcept {
    return u_isUWhiteSpace(code) != 0;
}

bool is_chinese(CodePoint code) noexcept {
    return between(code, 0x4E00, 0x9FFF) || between(code, 0x3400, 0x4DBF) ||
           between(code, 0x20000, 0x2A6DF) || between(code, 0x2A700, 0x2B81F) ||
           between(code, 0x2B920, 0x2CEAF) || between(code, 0xF900, 0xFAFF) ||
           between(code, 0x2F800, 0x2FA1F);
}

bool is_punctuation(CodePoint code) noexcept {
    if (code < 0x80)
        return between(code, 33, 47) || between(code, 58, 64) || between(code, 91, 96) ||
               between(code, 123, 126);
    // Two that later versions of Unicode class otherwise.
    return code == 0x166D || code == 0x111C9 || in_category(code, U_GC_P_MASK);
}

bool is_accent(CodePoint code) noexcept {
    if (code < 0x300) return false;
    switch (code) {  // classed otherwise by later versions of Unicode
        case 0x1734: return true;
        case 0x1885:
        case 0x1886:
        case 0xA9BD:
        case 0x111C9: return false;
        default: return in_category(code, U_GC_MN_MASK);
    }
}

int combining_class(CodePoint code) noexcept {
    if (code < 0x300) return 0;
    const int value = u_getCombiningClass(code);
    return value != 0 && known_since(code, decompositions_version) ? value : 0;
}

bool is_word(CodePoint code) noexcept {
    return u_hasBinaryProperty(code, UCHAR_ALPHABETIC) ||
           (U_GET_GC_MASK(code) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0 ||
           u_hasBinaryProperty(code, UCHAR_JOIN_CONTROL);
}

Decomposition decompose(CodePoint code) noexcept {
    Decomposition out{{code}, 1};
    if (code < 0xC0) return out;
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status) || nfd->isInert(code)) return out;
    icu::UnicodeString whole;
    if (!nfd->getDecomposition(code, whole) || !known_since(code, decompositions_version))
        return out;
    out.size = 0;
    for (std::int32_t at = 0; at < whole.length() && out.size < 4; at = whole.moveIndex32(at, 1))
        out.codes[out.size++] = whole.char32At(at);
    return out;
}

Decomposition lower_case(CodePoint code) noexcept {
    if (code == 0x130) return {{'i', 0x307}, 2};
    return {{u_tolower(code)}, 1};
}

}  // namespace lectern::wordpiece
