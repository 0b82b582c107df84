// index/lexical/keys.hpp: keys of the column `postings`.
//
//     s                          the state of the index
//     i SEGMENT                  what a segment holds
//     p SEGMENT TERM             the head of a term's list; a short list is in it
//     p SEGMENT TERM 00 GROUP    blocks of a long list
//
// SEGMENT is 8 bytes and GROUP 4, big-endian. A term has no NUL byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "index/lexical/bytes.hpp"

namespace lectern::index::lexical {

using SegmentNumber = std::uint64_t;

inline constexpr std::string_view state_key = "s";
inline constexpr std::size_t term_at = 9;  // in a key that begins with 'p'

[[nodiscard]] inline std::string segment_key(char kind, SegmentNumber segment) {
    std::string key(1, kind);
    put_big_endian(key, segment);
    return key;
}
[[nodiscard]] inline std::string info_key(SegmentNumber segment) {
    return segment_key('i', segment);
}
[[nodiscard]] inline std::string head_key(SegmentNumber segment, std::string_view term) {
    return segment_key('p', segment).append(term);
}
[[nodiscard]] inline std::string group_key(std::string_view head, std::uint32_t group) {
    std::string key(head);
    key += '\0';
    put_big_endian(key, group);
    return key;
}
[[nodiscard]] inline bool is_head(std::string_view key) noexcept {
    return key.find('\0', term_at) == std::string_view::npos;
}

}  // namespace lectern::index::lexical
