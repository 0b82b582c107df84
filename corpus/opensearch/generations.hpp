// corpus/opensearch/generations.hpp: the vectors of one model in the rows of chunks. Internal to
// corpus/opensearch.
//
// A generation is named in the index's meta before a row has one of its vectors, and taken out of
// it some time before the first of them is removed: who searches asks whether it is still named
// (Cluster::must_have), and knows so whether all of it was there.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "corpus/opensearch/cluster.hpp"

namespace lectern::corpus::opensearch {

// Chunks of the documents as they are now that have no such vector, some at a time. A failure of
// `visit` ends it and is the result.
[[nodiscard]] Status each_chunk_without(
    const Cluster& cluster, storage::GenerationNumber generation,
    const std::function<Status(std::span<const storage::ChunkId>)>& visit);

// A row for each chunk; those that are gone are left out. The result: how many are not.
[[nodiscard]] Result<std::uint64_t> add_vectors(const Cluster& cluster,
                                                const storage::Generation& generation,
                                                std::span<const storage::ChunkId> chunks,
                                                std::span<const float> rows);

// Those that some row has vectors of.
[[nodiscard]] Result<std::vector<storage::GenerationNumber>> generations_of_rows(
    const Cluster& cluster);
// From all rows; broken off, it goes on where it is called again. Their name is gone from the meta;
// they go `vectors_stay_for` after the call at the earliest.
[[nodiscard]] Status remove_vectors(const Cluster& cluster, storage::GenerationNumber generation);

// One that no row was ever given, and hardly another program takes now.
[[nodiscard]] Result<storage::GenerationNumber> next_generation(const Cluster& cluster);

}  // namespace lectern::corpus::opensearch
