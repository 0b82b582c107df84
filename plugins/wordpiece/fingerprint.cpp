#include "plugins/wordpiece/fingerprint.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace lectern::wordpiece {
namespace {

__extension__ using Uint128 = unsigned __int128;

class Hash {
 public:
    void number(std::uint64_t value) noexcept {
        for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(value >> (8 * i)));
    }
    // Size first, so that "a", "bc" and "ab", "c" differ.
    void string(std::string_view value) noexcept {
        number(value.size());
        for (const char c : value) byte(static_cast<unsigned char>(c));
    }
    [[nodiscard]] std::string hexadecimal() const {
        std::string out;
        for (int shift = 124; shift >= 0; shift -= 4)
            out += "0123456789abcdef"[static_cast<unsigned>(state_ >> shift) & 15U];
        return out;
    }

 private:
    void byte(unsigned char value) noexcept {
        constexpr Uint128 prime = (Uint128{1} << 88) + 0x13B;
        state_ = (state_ ^ value) * prime;
    }
    Uint128 state_ = (Uint128{0x6C62272E07BB0142ULL} << 64) + 0x62B821756295C58DULL;
};

}  // namespace

std::string fingerprint(const TokenizerFile& file) {
    Hash hash;
    hash.string("lectern wordpiece 1");
    const Normalizer& rules = file.normalizer;
    hash.number(rules.clean_text);
    hash.number(rules.handle_chinese_chars);
    hash.number(rules.strip_accents);
    hash.number(rules.lowercase);
    hash.string(file.unknown);
    hash.string(file.prefix);
    hash.number(file.max_word_characters);
    for (const auto* ids : {&file.before, &file.behind}) {
        hash.number(ids->size());
        for (const std::int32_t id : *ids) hash.number(static_cast<std::uint64_t>(id));
    }
    auto added = file.added;
    std::sort(added.begin(), added.end(), [](const auto& a, const auto& b) {
        return std::tie(a.id, a.content) < std::tie(b.id, b.content);
    });
    hash.number(added.size());
    for (const AddedToken& token : added) {
        hash.number(static_cast<std::uint64_t>(token.id));
        hash.string(token.content);
        for (const bool flag : {token.normalized, token.lstrip, token.rstrip, token.single_word})
            hash.number(flag);
    }
    auto vocabulary = file.vocabulary;
    std::sort(vocabulary.begin(), vocabulary.end(), [](const auto& a, const auto& b) {
        return std::tie(a.second, a.first) < std::tie(b.second, b.first);
    });
    hash.number(vocabulary.size());
    for (const auto& [piece, id] : vocabulary) {
        hash.number(static_cast<std::uint64_t>(id));
        hash.string(piece);
    }
    return "wordpiece:" + hash.hexadecimal();
}

}  // namespace lectern::wordpiece
