// index/vector/exact.hpp: the nearest chunks by comparing every stored vector: what VectorIndex is
// measured against. Costs a pass over the vectors in the store, on the caller's thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "index/hits.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"

namespace lectern::index {

// The k best of a generation by inner product, best first; equal scores by ascending chunk id.
// cancelled when `stopped` says so; it is asked about every thousand rows.
[[nodiscard]] Result<std::vector<Scored>> exact_search(const storage::Reader& reader,
                                                       storage::GenerationNumber generation,
                                                       std::span<const float> query, std::size_t k,
                                                       const std::function<bool()>& stopped = {});

// How many of the best that there are were found: by score, so that one of several equal chunks is
// as good as another. `exact`: best first.
[[nodiscard]] std::size_t count_found(std::span<const Scored> found, std::span<const Scored> exact);

}  // namespace lectern::index
