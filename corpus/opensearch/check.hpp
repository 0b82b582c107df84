// corpus/opensearch/check.hpp: whether the rows of an index agree with each other. Internal to
// corpus/opensearch.
#pragma once

#include "corpus/opensearch/cluster.hpp"
#include "lectern/lectern.hpp"

namespace lectern::corpus::opensearch {

// Every document has its text and its chunks, whole, each with its vector; what belongs to none is
// a note, for another program may be writing it. Changes nothing.
// Rows of a version that no head names.
struct StrayVersion {
    storage::Ordinal ordinal = 0;
    std::int64_t written = 0;  // milliseconds since 1970-01-01 UTC; 0: not known
};

[[nodiscard]] Result<VerifyReport> check_rows(const Cluster& cluster,
                                              const storage::CollectionMeta& meta,
                                              const VerifyOptions& options,
                                              std::vector<StrayVersion>* strays = nullptr);

// Takes the rows of these versions out. The result: how many there were.
[[nodiscard]] Result<std::uint64_t> remove_strays(const Cluster& cluster,
                                                  const std::vector<StrayVersion>& strays);

}  // namespace lectern::corpus::opensearch
