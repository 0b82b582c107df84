// corpus/opensearch/check.hpp: whether the rows of an index agree with each other. Internal to
// corpus/opensearch.
#pragma once

#include "corpus/opensearch/cluster.hpp"
#include "lectern/lectern.hpp"

namespace lectern::corpus::opensearch {

// Every document has its text and its chunks, whole, each with its vector; what belongs to none is
// a note, for another program may be writing it. Changes nothing.
[[nodiscard]] Result<VerifyReport> check_rows(const Cluster& cluster,
                                              const storage::CollectionMeta& meta,
                                              const VerifyOptions& options);

}  // namespace lectern::corpus::opensearch
