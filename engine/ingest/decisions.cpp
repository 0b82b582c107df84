#include "engine/ingest/decisions.hpp"

namespace lectern {

Result<std::optional<storage::DocumentHeader>> stored_header(const corpus::Reader& reader,
                                                             std::string_view document) {
    auto header = reader.header(document);
    if (header) return std::optional(std::move(*header));
    const Code why = header.status().code();
    if (why == Code::not_found || why == Code::corrupt)
        return std::optional<storage::DocumentHeader>();
    return header.status();
}

Status keep_original(corpus::Corpus& corpus, const corpus::Reader& reader,
                     const storage::DocumentHeader& stored, const storage::PutDocument& document) {
    if (document.original.empty()) return {};
    LECTERN_ASSIGN(const auto kept, reader.original_head(stored.ordinal));
    if (kept && kept->bytes == document.original.size() &&
        kept->hash == storage::content_hash(document.original))
        return {};
    // At once, since many files may be too much to hold until the end.
    storage::SourceRows rows;
    rows.originals.emplace_back(document.id, document.original);
    return corpus.write_sources(rows);
}

Result<Decision> IngestDecisions::decide(const storage::PutDocument& document) {
    LECTERN_TRY(corpus_.accepts(document));
    const auto reader = corpus_.reader();
    LECTERN_ASSIGN(const auto header, stored_header(*reader, document.id));
    if (!header || header->content_hash != document.content_hash) return Decision::store;
    LECTERN_TRY(keep_original(corpus_, *reader, *header, document));
    const std::string& file = document.origin.file;
    if (file.empty()) return Decision::unchanged;
    LECTERN_ASSIGN(const storage::Origin origin, reader->origin(header->ordinal));
    if (origin.file != file) {
        const std::lock_guard lock(mutex_);
        origins_.emplace_back(document.id, document.origin);
    }
    return Decision::unchanged;
}

Status IngestDecisions::write_origins() {
    storage::SourceRows rows;
    const std::lock_guard lock(mutex_);
    rows.origins.swap(origins_);
    return corpus_.write_sources(rows);
}

}  // namespace lectern
