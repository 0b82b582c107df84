// translate/shortlist.hpp: which words a translation may be made of, by the words of the sentence
// (Marian's binary lexical shortlist).
//
// Little-endian uint64: magic, checksum, f, b, n (words of the source language + 1), m; then n
// offsets (uint64) into the m words of the target language (uint32) that follow. Every translation
// may have the first f words, and for each word of its sentence those between its offset and the
// next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern::translate {

class Shortlist {
 public:
    // Throws shared::Failure (LECTERN_CORRUPT) and nothing else, whatever the bytes are. `name` is
    // for messages.
    Shortlist(std::span<const std::byte> file, std::size_t source_words, std::size_t target_words,
              const std::string& name);

    // Ascending.
    [[nodiscard]] std::vector<std::uint32_t> of(std::span<const std::uint32_t> sentence) const;

 private:
    std::size_t first_ = 0;
    std::vector<std::uint64_t> offsets_;
    std::vector<std::uint32_t> words_;
};

}  // namespace lectern::translate
