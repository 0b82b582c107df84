#include "index/vector/check_files.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>

#include "index/vector/segment.hpp"
#include "storage/content_hash.hpp"

namespace lectern::index {

namespace fs = std::filesystem;

namespace {

// Rows read from the store at once.
constexpr std::size_t step = 4096;

// The generation that a file's name tells, or null.
const storage::Generation* generation_of(const fs::path& file,
                                         const storage::CollectionMeta& meta) {
    for (const storage::Generation& generation : meta.generations)
        if (file.filename().string().starts_with("vector-" + std::to_string(generation.number) +
                                                 "-"))
            return &generation;
    return nullptr;
}

// Rows that the store has no more are none of the index's faults: they are left out of searches.
Status rows_agree(const Segment& segment, const storage::Generation& generation,
                  const storage::Reader& reader, const fs::path& file) {
    for (std::size_t begin = 0; begin < segment.ids.size(); begin += step) {
        const std::size_t end = std::min(begin + step, segment.ids.size());
        const storage::ChunkId first = segment.ids[begin];
        const storage::ChunkId last = segment.ids[end - 1];
        LECTERN_ASSIGN(const storage::Reader::Vectors rows,
                       reader.vectors(generation.number, {first, last - first + 1}));
        std::size_t at = begin;
        for (std::size_t row = 0; row < rows.found.size(); ++row) {
            while (at < end && segment.ids[at] < rows.found[row]) ++at;
            if (at == end) break;
            if (segment.ids[at] != rows.found[row]) continue;
            const float* stored = rows.values.data() + row * generation.dimension;
            if (std::memcmp(segment.row(at), stored, generation.dimension * sizeof(float)) != 0)
                return {Code::corrupt, file.string() + ": the row of chunk " +
                                           std::to_string(segment.ids[at]) + " is not the store's"};
        }
    }
    return {};
}

Status check(const fs::path& file, const storage::CollectionMeta& meta,
             const storage::Reader& reader) {
    if (file.extension() != ".segment")
        return {Code::corrupt, file.string() + ": is no file of an index"};
    const storage::Generation* generation = generation_of(file, meta);
    if (generation == nullptr)
        return {Code::corrupt, file.string() + ": belongs to no generation of vectors"};
    const SegmentOwner owner{meta.id, storage::content_hash(generation->fingerprint),
                             generation->number, generation->dimension};
    LECTERN_ASSIGN(const auto segment, load_segment(file, owner, reader.sequence()));
    return rows_agree(*segment, *generation, reader, file);
}

}  // namespace

Result<std::vector<CheckedFile>> check_files(const storage::Store& store) {
    std::vector<CheckedFile> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store.index_folder(), error))
        files.push_back({entry.path(), {}});
    std::sort(files.begin(), files.end(),
              [](const CheckedFile& a, const CheckedFile& b) { return a.file < b.file; });
    const storage::CollectionMeta meta = store.meta();
    const storage::Reader reader = store.reader();
    for (CheckedFile& file : files) file.status = check(file.file, meta, reader);
    return files;
}

}  // namespace lectern::index
