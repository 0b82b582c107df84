// lectern/cluster.hpp: the collections of a cluster beside each other (docs/cluster.md). One of
// them is opened by its address as a folder is.
//
//     for (const auto& one : *lectern::cluster_collections("opensearch://one,two,three"))
//         std::cout << one.name << '\n';
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct ClusterCollection {
    std::string name;
    std::string collection_id;    // as Stats has it: one that is made again has another
    std::int64_t created_at = 0;  // milliseconds since 1970-01-01 UTC
};

// Whether a place is named by an address of a cluster, and not by a folder's path.
[[nodiscard]] LECTERN_API bool is_in_cluster(std::string_view place) noexcept;

// `cluster`: opensearch://HOST[:PORT],HOST2… without a name. By name; indexes of others are left
// out.
[[nodiscard]] LECTERN_API Result<std::vector<ClusterCollection>> cluster_collections(
    std::string_view cluster);

// `address`: opensearch://HOST…/NAME. not_found when there is none.
[[nodiscard]] LECTERN_API Result<ClusterCollection> cluster_collection(std::string_view address);

// Deletes it with all that it has, for everybody. not_found when there is none.
[[nodiscard]] LECTERN_API Status drop_cluster_collection(std::string_view address);

}  // namespace lectern
