#include "text/sentence_map.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace lectern::text {

std::string write_sentence_map(std::span<const SentencePair> pairs) {
    std::string out;
    std::size_t before = 0;
    for (const SentencePair& pair : pairs) {
        for (const std::size_t number :
             {pair.original.begin - before, pair.original.end - pair.original.begin,
              pair.translation.end - pair.translation.begin}) {
            if (!out.empty()) out += ' ';
            out += std::to_string(number);
        }
        before = pair.original.end;
    }
    return out;
}

std::optional<std::vector<SentencePair>> read_sentence_map(std::string_view map,
                                                           std::size_t original_bytes,
                                                           std::size_t translation_bytes) {
    std::vector<SentencePair> out;
    SentencePair last;
    const char* at = map.data();
    const char* const end = map.data() + map.size();
    const auto number = [&](std::size_t& value) {
        if (at != map.data() && (at == end || *at++ != ' ')) return false;
        const auto [next, error] = std::from_chars(at, end, value);
        at = next;
        // Far from where sums would run over.
        return error == std::errc() && value <= original_bytes + translation_bytes;
    };
    while (at != end) {
        std::size_t between = 0;
        std::size_t original = 0;
        std::size_t translation = 0;
        if (!number(between) || !number(original) || !number(translation)) return std::nullopt;
        SentencePair pair;
        pair.original = {last.original.end + between, last.original.end + between + original};
        pair.translation = {last.translation.end + between,
                            last.translation.end + between + translation};
        if (pair.original.end > original_bytes || pair.translation.end > translation_bytes)
            return std::nullopt;
        out.push_back(pair);
        last = pair;
    }
    return out;
}

std::string text_name(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::array<char, 16> out{};
    const auto end = std::to_chars(out.data(), out.data() + out.size(), hash, 16).ptr;
    return {out.data(), end};
}

std::optional<Range> original_of(std::span<const SentencePair> pairs, Range translation) noexcept {
    std::optional<Range> out;
    for (const SentencePair& pair : pairs) {
        if (pair.translation.begin >= translation.end || pair.translation.end <= translation.begin)
            continue;
        if (!out) out = pair.original;
        out->end = pair.original.end;
    }
    return out;
}

}  // namespace lectern::text
