// The collections of a cluster beside each other.
#include <utility>

#include "corpus/opensearch/opensearch.hpp"
#include "lectern/cluster.hpp"

namespace lectern {
namespace {

ClusterCollection collection_of(corpus::opensearch::IndexOfCluster index) {
    return {std::move(index.name), storage::to_hex(index.id), index.created_at};
}

}  // namespace

bool is_in_cluster(std::string_view place) noexcept {
    return corpus::opensearch::is_address(place);
}

Result<std::vector<ClusterCollection>> cluster_collections(std::string_view cluster) {
    LECTERN_ASSIGN(auto indexes, corpus::opensearch::list(cluster));
    std::vector<ClusterCollection> out;
    for (corpus::opensearch::IndexOfCluster& index : indexes)
        out.push_back(collection_of(std::move(index)));
    return out;
}

Result<ClusterCollection> cluster_collection(std::string_view address) {
    LECTERN_ASSIGN(auto index, corpus::opensearch::find(address));
    return collection_of(std::move(index));
}

Status drop_cluster_collection(std::string_view address) {
    return corpus::opensearch::drop(address);
}

}  // namespace lectern
