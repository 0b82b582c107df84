#include "index/lexical/state.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {
namespace {

constexpr std::uint8_t stamp_version = 1;
constexpr std::uint8_t guessed = 255;

}  // namespace

std::string Stamp::encode() const {
    std::string out;
    out += static_cast<char>(stamp_version);
    put_varint(out, sequence);
    out += static_cast<char>(analysis.language ? static_cast<std::uint8_t>(*analysis.language)
                                               : guessed);
    out += static_cast<char>(analysis.stop_words ? 1 : 0);
    put_varint(out, unicode);
    put_varint(out, spelling);
    return out;
}

std::optional<Stamp> Stamp::decode(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.byte() != stamp_version) return std::nullopt;
    Stamp out;
    out.sequence = in.varint();
    const std::uint8_t language = in.byte();
    if (language != guessed) {
        if (language >= text::language_count) return std::nullopt;
        out.analysis.language = static_cast<text::Language>(language);
    }
    out.analysis.stop_words = in.byte() != 0;
    out.unicode = in.varint();
    out.spelling = in.ended() ? 0 : in.varint();
    return in.ended() ? std::optional(out) : std::nullopt;
}

std::uint64_t unicode_version() noexcept {
    return text::icu_major_version();
}

}  // namespace lectern::index::lexical
