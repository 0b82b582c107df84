#include "index/vector/check_files.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "index/vector/file_names.hpp"
#include "index/vector/segment.hpp"
#include "storage/store/content_hash.hpp"

namespace lectern::index {

namespace fs = std::filesystem;

namespace {

// Rows read from the store at once.
constexpr std::size_t step = 4096;

// Empty when the file is not left over.
std::string why_left_over(const fs::path& file, const storage::CollectionMeta& meta) {
    if (file.extension() == ".tmp") return "the writing of an index file was cut off";
    const auto number = generation_in_name(file.filename().string());
    if (file.extension() == ".segment" && number && meta.generation(*number) == nullptr)
        return "its vectors were dropped, as after a change of model";
    return "";
}

// How many rows agree. Those that the store has no more are none of the index's faults: they are
// left out of searches.
Result<std::uint64_t> rows_agree(const Segment& segment, const storage::Generation& generation,
                                 storage::VectorEncoding encoding, const storage::Reader& reader,
                                 const fs::path& file) {
    std::uint64_t agreeing = 0;
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
            const auto stored =
                std::span(rows.values).subspan(row * generation.dimension, generation.dimension);
            if (!segment.matches(at, stored, encoding))
                return Status{Code::corrupt, file.string() + ": the row of chunk " +
                                                 std::to_string(segment.ids[at]) +
                                                 " is not the store's"};
            ++agreeing;
        }
    }
    return agreeing;
}

Status check(const storage::CollectionMeta& meta, const storage::Reader& reader,
             CheckedFile& checked) {
    const fs::path& file = checked.file;
    if (file.extension() != ".segment")
        return {Code::corrupt, file.string() + ": is no file of an index"};
    const auto number = generation_in_name(file.filename().string());
    if (!number) return {Code::corrupt, file.string() + ": is no file of an index"};
    // One of no generation is left over.
    const storage::Generation* generation = meta.generation(*number);
    checked.generation = generation->number;
    // The pipeline decides on the encoding, and verify has none: the file may have any. Another
    // encoding is refused by the stamp, before the rest is read.
    using storage::VectorEncoding;
    Status refused;
    for (const VectorEncoding encoding :
         {VectorEncoding::f32, VectorEncoding::bf16, VectorEncoding::f16, VectorEncoding::int8,
          VectorEncoding::pq}) {
        const SegmentOwner owner{meta.id, storage::content_hash(generation->fingerprint),
                                 generation->number, generation->dimension, encoding};
        const auto segment = load_segment(file, owner, reader.sequence());
        if (segment.ok()) {
            LECTERN_ASSIGN(checked.rows,
                           rows_agree(**segment, *generation, encoding, reader, file));
            return {};
        }
        const bool other = segment.status().message().find("another encoding") != std::string::npos;
        if (refused.ok() || !other) refused = segment.status();
    }
    return refused;
}

}  // namespace

Result<std::vector<CheckedFile>> check_files(const storage::Store& store) {
    const storage::CollectionMeta meta = store.meta();
    std::vector<CheckedFile> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store.index_folder(), error))
        if (why_left_over(entry.path(), meta).empty())
            files.push_back({.file = entry.path(), .status = {}});
    std::sort(files.begin(), files.end(),
              [](const CheckedFile& a, const CheckedFile& b) { return a.file < b.file; });
    const storage::Reader reader = store.reader();
    for (CheckedFile& file : files) file.status = check(meta, reader, file);
    return files;
}

std::vector<LeftOver> left_over(const storage::Store& store) {
    const storage::CollectionMeta meta = store.meta();
    std::vector<LeftOver> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store.index_folder(), error))
        if (std::string why = why_left_over(entry.path(), meta); !why.empty())
            out.push_back({entry.path(), std::move(why)});
    return out;
}

}  // namespace lectern::index
