// corpus/opensearch/cluster_reader.hpp: reads the documents of an index. Internal to
// corpus/opensearch.
#pragma once

#include "corpus/corpus.hpp"
#include "corpus/opensearch/cluster.hpp"

namespace lectern::corpus::opensearch {

// Of these documents, as they are now, in order; empty where there is none.
[[nodiscard]] Result<std::vector<std::optional<Head>>> heads_of(
    const Cluster& cluster, std::span<const std::string> documents);

class ClusterReader final : public Reader {
 public:
    explicit ClusterReader(const Cluster& cluster) : cluster_(cluster) {}

    Result<storage::DocumentHeader> header(std::string_view id) const override;
    Result<storage::DocumentHeader> header(storage::Ordinal document) const override;
    Result<StoredDocument> document(std::string_view id) const override;
    Status each_header(const std::function<bool(const storage::DocumentHeader&)>& visit,
                       std::string_view after) const override;
    Status each_document(const std::function<bool(const StoredDocument&)>& visit,
                         std::string_view after) const override;
    Result<std::vector<std::optional<storage::ChunkView>>> chunk_views(
        std::span<const storage::ChunkId> ids, bool with_text) const override;
    Result<VectorRows> vectors(storage::GenerationNumber generation,
                               std::span<const storage::ChunkId> chunks) const override;
    Result<std::vector<storage::ChunkId>> sample(std::size_t most) const override;
    Result<storage::Origin> origin(storage::Ordinal document) const override;
    Status each_origin(
        const std::function<void(storage::Ordinal document, const storage::Origin& origin)>& visit)
        const override;
    Status each_synced_file(
        const std::function<void(const storage::SyncedFile& file)>& visit) const override;
    Result<std::vector<storage::SourceFolder>> sources() const override;

    // The versions that these heads name, in order. Nothing: another has taken its place.
    [[nodiscard]] Result<std::vector<std::optional<StoredDocument>>> load(
        std::vector<Head> heads) const;

 private:
    [[nodiscard]] Result<Head> head_of_ordinal(storage::Ordinal document) const;

    const Cluster& cluster_;
};

}  // namespace lectern::corpus::opensearch
