// corpus/opensearch/check.hpp: whether the rows of an index agree with each other. Internal to
// corpus/opensearch.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "corpus/opensearch/cluster.hpp"
#include "lectern/lectern.hpp"

namespace lectern::corpus::opensearch {

// A document that is not whole, in the version that was looked at.
struct DamagedDocument {
    std::string id;
    storage::Ordinal ordinal = 0;
    std::string what;
    bool only_vectors = false;  // of the model that serves; the rest is there
};

// Rows of a version that no head names.
struct StrayVersion {
    storage::Ordinal ordinal = 0;
    std::int64_t written = 0;  // milliseconds since 1970-01-01 UTC; 0: not known
};

struct Damage {
    std::vector<DamagedDocument> documents;
    std::vector<StrayVersion> strays;
};

// Every document has its text and its chunks, whole, each with its vector; what belongs to none is
// a note, for another program may be writing it. Changes nothing. `damage`: gets what repair needs,
// all of it. unavailable when another program changes the model meanwhile.
[[nodiscard]] Result<VerifyReport> check_rows(const Cluster& cluster,
                                              const storage::CollectionMeta& meta,
                                              const VerifyOptions& options,
                                              Damage* damage = nullptr);

// Takes these documents out, with their rows. One that another program has written meanwhile stays
// as it is now, and is not in the result.
[[nodiscard]] Result<std::vector<DamagedDocument>> remove_damaged(
    const Cluster& cluster, std::span<const DamagedDocument> documents);

// Takes the rows of these versions out. The result: how many there were.
[[nodiscard]] Result<std::uint64_t> remove_strays(const Cluster& cluster,
                                                  const std::vector<StrayVersion>& strays);

}  // namespace lectern::corpus::opensearch
