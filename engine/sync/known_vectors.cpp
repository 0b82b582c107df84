#include "engine/sync/known_vectors.hpp"

#include <utility>

namespace lectern {

const KnownVectors::ByHash& KnownVectors::documents_of(
    const std::string& file, const std::vector<storage::Ordinal>& ordinals) {
    const std::lock_guard lock(mutex_);
    const auto [entry, fresh] = files_.try_emplace(file);
    if (!fresh) return entry->second;
    for (const storage::Ordinal ordinal : ordinals)
        if (const auto header = reader_->header(ordinal); header.ok())
            entry->second[storage::to_hex(header->content_hash)] = ordinal;
    return entry->second;
}

bool KnownVectors::fill(const std::string& same_as, storage::PutDocument& document) {
    const auto stored = stored_.find(same_as);
    if (stored == stored_.end() || document.vectors.empty()) return false;
    const std::vector<storage::Ordinal>& ordinals = stored->second.synced;
    const ByHash& documents = documents_of(same_as, ordinals);
    const auto found = documents.find(storage::to_hex(document.content_hash));
    if (found != documents.end()) return fill_from(found->second, document);
    // A title may be made of the file's name.
    return ordinals.size() == 1 && fill_from(ordinals.front(), document);
}

bool KnownVectors::fill_from(storage::Ordinal from, storage::PutDocument& document) const {
    const auto header = reader_->header(from);
    if (!header || header->text_bytes != document.text.size() ||
        header->chunks.count != document.chunks.size())
        return false;
    const auto stored = reader_->document(header->id);
    if (!stored || stored->header.ordinal != from || stored->text != document.text) return false;
    std::vector<storage::ChunkId> ids;
    for (std::size_t i = 0; i < stored->chunks.size(); ++i) {
        const storage::Chunk& chunk = stored->chunks[i];
        const storage::PutChunk& wanted = document.chunks[i];
        if (chunk.begin != wanted.begin || chunk.end != wanted.end ||
            chunk.context_begin != wanted.context_begin || chunk.context_end != wanted.context_end)
            return false;
        ids.push_back(chunk.id);
    }
    auto vectors = reader_->vectors(generation_, ids);
    storage::PutVectors& to = document.vectors.back();
    if (!vectors || vectors->found.size() != ids.size() ||
        vectors->values.size() != to.values.size() || to.generation != generation_)
        return false;
    to.values = std::move(vectors->values);
    return true;
}

}  // namespace lectern
