#include "corpus/opensearch/opensearch.hpp"

#include <utility>

#include "corpus/opensearch/cluster_corpus.hpp"

namespace lectern::corpus::opensearch {
namespace {

Result<std::unique_ptr<ClusterCorpus>> open_cluster(std::string_view address) {
    LECTERN_ASSIGN(Address parsed, parse_address(address));
    LECTERN_ASSIGN(auto transport, connect(std::move(parsed)));
    auto out = std::make_unique<ClusterCorpus>(std::move(transport), std::string(address));
    LECTERN_TRY(out->look());
    return out;
}

}  // namespace

Result<std::unique_ptr<Corpus>> open(std::string_view address, const Log& /*log*/) {
    LECTERN_ASSIGN(auto out, open_cluster(address));
    return std::unique_ptr<Corpus>(std::move(out));
}

Result<RepairReport> repair(std::string_view address) {
    LECTERN_ASSIGN(const auto corpus, open_cluster(address));
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    if (meta.serving == 0)
        return Status{Code::not_found, "there is no collection '" + std::string(address) + "'"};
    return corpus->repair();
}

}  // namespace lectern::corpus::opensearch
