// engine/search/place.hpp: where a text comes from, out of what is stored with its chunk.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lectern/lectern.hpp"
#include "corpus/values.hpp"

namespace lectern {

// Of the chunk's bytes [begin, end), by the places of the chunk.
[[nodiscard]] Place place_of(std::span<const storage::Place> places, std::uint64_t begin,
                             std::uint64_t end);

// Of a document's bytes [begin, end), by its chunks, which need not overlap with them.
[[nodiscard]] Place place_of(std::span<const storage::Chunk> chunks, std::uint64_t begin,
                             std::uint64_t end);

}  // namespace lectern
