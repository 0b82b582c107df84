// corpus/local/local_reader.hpp: one moment of a store. Internal to corpus/local.
#pragma once

#include <utility>

#include "corpus/corpus.hpp"
#include "storage/store/store.hpp"

namespace lectern::corpus::local {

class LocalReader final : public Reader {
 public:
    explicit LocalReader(storage::Reader reader) : reader_(std::move(reader)) {}

    Result<storage::DocumentHeader> header(std::string_view id) const override {
        return reader_.header(id);
    }
    Result<storage::DocumentHeader> header(storage::Ordinal document) const override {
        return reader_.header(document);
    }
    Result<StoredDocument> document(std::string_view id) const override;
    Status each_header(const std::function<bool(const storage::DocumentHeader&)>& visit,
                       std::string_view after) const override {
        return reader_.for_each_document(visit, after);
    }
    Status each_document(const std::function<bool(const StoredDocument&)>& visit,
                         std::string_view after) const override;
    Result<std::vector<std::optional<storage::ChunkView>>> chunk_views(
        std::span<const storage::ChunkId> ids, bool with_text) const override {
        return reader_.chunk_views(ids, with_text);
    }
    Result<VectorRows> vectors(storage::GenerationNumber generation,
                               std::span<const storage::ChunkId> chunks) const override;
    Result<std::vector<storage::ChunkId>> sample(std::size_t most) const override;
    Result<storage::Origin> origin(storage::Ordinal document) const override {
        return reader_.origin(document);
    }
    Status each_origin(
        const std::function<void(storage::Ordinal document, const storage::Origin& origin)>& visit)
        const override {
        return reader_.for_each_origin(visit);
    }
    Status each_synced_file(
        const std::function<void(const storage::SyncedFile& file)>& visit) const override {
        return reader_.for_each_synced_file(visit);
    }
    Result<std::vector<storage::SourceFolder>> sources() const override {
        return reader_.sources();
    }
    Result<bool> keeps_originals() const override { return reader_.keeps_originals(); }
    Result<std::optional<storage::OriginalHead>> original_head(
        storage::Ordinal document) const override {
        return reader_.original_head(document);
    }
    Result<std::optional<std::string>> original(storage::Ordinal document) const override {
        return reader_.original(document);
    }

 private:
    storage::Reader reader_;
};

}  // namespace lectern::corpus::local
