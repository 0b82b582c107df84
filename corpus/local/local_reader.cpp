#include "corpus/local/local_reader.hpp"

#include <algorithm>

namespace lectern::corpus::local {

Result<StoredDocument> LocalReader::document(std::string_view id) const {
    LECTERN_ASSIGN(storage::Document found, reader_.document(id));
    LECTERN_ASSIGN(auto chunks, reader_.chunks(found.header));
    return StoredDocument{std::move(found.header), std::move(found.text), std::move(chunks)};
}

Status LocalReader::each_document(const std::function<bool(const StoredDocument&)>& visit,
                                  std::string_view after) const {
    Status failure;
    const auto one = [&](const storage::DocumentHeader& header) {
        const auto found = document(header.id);
        if (!found) return failure = found.status(), false;
        return visit(*found);
    };
    LECTERN_TRY(reader_.for_each_document(one, after));
    return failure;
}

Result<VectorRows> LocalReader::vectors(storage::GenerationNumber generation,
                                        std::span<const storage::ChunkId> chunks) const {
    LECTERN_ASSIGN(auto rows, reader_.vectors(generation, chunks));
    return VectorRows{std::move(rows.found), std::move(rows.values)};
}

Result<std::vector<storage::ChunkId>> LocalReader::sample(std::size_t most) const {
    LECTERN_ASSIGN(const auto live, reader_.live_chunks());
    std::uint64_t total = 0;
    for (const storage::ChunkRange& range : live) total += range.count;
    const std::uint64_t count = std::min<std::uint64_t>(most, total);
    std::vector<storage::ChunkId> out;
    out.reserve(count);
    std::uint64_t before = 0;
    std::uint64_t next = 0;
    for (const storage::ChunkRange& range : live) {
        for (; next < count; ++next) {
            const std::uint64_t position = next * total / count;
            if (position >= before + range.count) break;
            out.push_back(range.first + (position - before));
        }
        before += range.count;
    }
    return out;
}

}  // namespace lectern::corpus::local
