// The files that documents were read from, where the collection keeps them: in blocks, as texts
// are, and in the batches that write and remove the documents.
#include <algorithm>

#include "storage/store/batch.hpp"
#include "storage/store/content_hash.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/pinned.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {
namespace {

std::uint32_t blocks_of(std::uint64_t bytes) {
    return static_cast<std::uint32_t>((bytes + text_block_bytes - 1) / text_block_bytes);
}

Status not_readable(const Database& database, Ordinal document) {
    return database.undecodable("the original of document number " + std::to_string(document));
}

Result<std::optional<OriginalHead>> head_of(const Database& database, Ordinal document,
                                            const rocksdb::Snapshot* snapshot) {
    LECTERN_ASSIGN(const auto bytes, database.get(Column::meta, original_key(document), snapshot));
    if (!bytes) return std::optional<OriginalHead>();
    auto head = decode_original_head(*bytes);
    if (!head) return not_readable(database, document);
    return head;
}

}  // namespace

void put_original(Batch& batch, Ordinal document, std::string_view bytes) {
    if (bytes.empty()) return;
    batch.put(Column::meta, original_key(document),
              encode(OriginalHead{bytes.size(), content_hash(bytes)}));
    for (std::uint32_t block = 0; block < blocks_of(bytes.size()); ++block)
        batch.put(Column::meta, original_key(document, block),
                  bytes.substr(block * text_block_bytes, text_block_bytes));
}

Status remove_original(Batch& batch, const Database& database, Ordinal document,
                       const rocksdb::Snapshot* snapshot) {
    LECTERN_ASSIGN(const auto head, head_of(database, document, snapshot));
    if (!head) return {};
    batch.remove(Column::meta, original_key(document));
    for (std::uint32_t block = 0; block < blocks_of(head->bytes); ++block)
        batch.remove(Column::meta, original_key(document, block));
    return {};
}

Result<std::optional<std::string>> read_original(const Database& database, Ordinal document,
                                                 const rocksdb::Snapshot* snapshot) {
    LECTERN_ASSIGN(const auto head, head_of(database, document, snapshot));
    if (!head) return std::optional<std::string>();
    std::string out;
    for (std::uint32_t block = 0; block < blocks_of(head->bytes); ++block) {
        LECTERN_ASSIGN(const auto bytes,
                       database.get(Column::meta, original_key(document, block), snapshot));
        if (!bytes) return not_readable(database, document);
        out += *bytes;
    }
    if (out.size() != head->bytes || content_hash(out) != head->hash)
        return not_readable(database, document);
    return std::optional(std::move(out));
}

Result<bool> Reader::keeps_originals() const {
    LECTERN_ASSIGN(const auto kept, pinned_->database.get(Column::meta, meta_key::originals,
                                                          pinned_->moment->snapshot));
    return kept && *kept == std::string(1, '\1');
}

Result<std::optional<OriginalHead>> Reader::original_head(Ordinal document) const {
    return head_of(pinned_->database, document, pinned_->moment->snapshot);
}

Result<std::optional<std::string>> Reader::original(Ordinal document) const {
    return read_original(pinned_->database, document, pinned_->moment->snapshot);
}

}  // namespace lectern::storage
