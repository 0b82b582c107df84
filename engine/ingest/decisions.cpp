#include "engine/ingest/decisions.hpp"

namespace lectern {

Result<Decision> IngestDecisions::decide(const storage::PutDocument& document) {
    LECTERN_TRY(corpus_.accepts(document));
    const auto reader = corpus_.reader();
    const auto header = reader->header(document.id);
    if (!header) {
        // What is damaged is written again; what cannot be asked is not.
        const Code why = header.status().code();
        if (why == Code::not_found || why == Code::corrupt) return Decision::store;
        return header.status();
    }
    if (header->content_hash != document.content_hash) return Decision::store;
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
