// corpus/opensearch/opensearch.hpp: a collection as one index of an OpenSearch cluster. Several
// processes may use it at once. docs/cluster.md has what it promises and what it does not do yet.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/corpus.hpp"
#include "corpus/opensearch/address.hpp"

namespace lectern::corpus::opensearch {

// The cluster must answer; the index is made with its first generation, so that until then the
// collection has no serving one.
[[nodiscard]] Result<std::unique_ptr<Corpus>> open(std::string_view address, const Log& log);

// ---- the indexes of a cluster that are Lectern's.
struct IndexOfCluster {
    std::string name;
    storage::Hash128 id{};
    std::int64_t created_at = 0;
};
// By name. `cluster`: an address without a name.
[[nodiscard]] Result<std::vector<IndexOfCluster>> list(std::string_view cluster);
// not_found when there is none.
[[nodiscard]] Result<IndexOfCluster> find(std::string_view address);
[[nodiscard]] Status drop(std::string_view address);

// See that of lectern.hpp. Others may use it meanwhile.
[[nodiscard]] Result<RepairReport> repair(std::string_view address);

// ---- backups; `place`: opensearch://HOST…/REPOSITORY. See those of lectern.hpp.
[[nodiscard]] Result<std::vector<BackupInfo>> backups(std::string_view place);
[[nodiscard]] Result<BackupInfo> restore(std::string_view place, std::uint32_t id,
                                         std::string_view to);
[[nodiscard]] Status delete_backup(std::string_view place, std::uint32_t id);

}  // namespace lectern::corpus::opensearch
