// corpus/opensearch/snapshots.hpp: backups as snapshots of the cluster, in a repository that it
// has.
//
// A snapshot is of one moment of each shard, and a document lies on several: so writes are held up
// from before it begins until every shard has taken its moment, which is soon; copying is not
// waited for. Internal to corpus/opensearch but for what opensearch.hpp declares.
#pragma once

#include "corpus/opensearch/cluster.hpp"
#include "lectern/lectern.hpp"

namespace lectern::corpus::opensearch {

// `to`: opensearch://HOST…/REPOSITORY, of the same cluster.
[[nodiscard]] Result<BackupInfo> make_snapshot(const Cluster& cluster,
                                               const storage::CollectionMeta& meta,
                                               std::uint64_t documents, std::string_view to,
                                               const BackupOptions& options);

// Takes back what a snapshot that was broken off has left: that nothing can be written. The result:
// whether it was so.
[[nodiscard]] Result<bool> let_writes_in(const Cluster& cluster);

}  // namespace lectern::corpus::opensearch
