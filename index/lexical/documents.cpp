#include "index/lexical/documents.hpp"

#include <utility>

namespace lectern::index::lexical {

namespace {
// Of text in one segment of a rebuild: bounds what is in memory.
constexpr std::uint64_t piece_bytes = 16u << 20;
}  // namespace

AnalysedDocument analyse(Analyzer& analyzer, const storage::PutDocument& document) {
    const std::string_view text = document.text;
    std::vector<std::string_view> chunks;
    chunks.reserve(document.chunks.size());
    for (const storage::PutChunk& chunk : document.chunks)
        chunks.push_back(text.substr(chunk.begin, chunk.end - chunk.begin));
    return analyse(analyzer, document.title, text, chunks);
}

Result<AnalysedDocument> analyse(Analyzer& analyzer, const storage::Reader& reader,
                                 const storage::DocumentHeader& document) {
    LECTERN_ASSIGN(const std::string whole, reader.text(document, 0, document.text_bytes));
    LECTERN_ASSIGN(const auto ranges, reader.chunks(document));
    const std::string_view text = whole;
    std::vector<std::string_view> chunks;
    chunks.reserve(ranges.size());
    for (const storage::Chunk& chunk : ranges) {
        if (chunk.begin > chunk.end || chunk.end > text.size())
            return Status{Code::corrupt, "document \"" + document.id + "\": chunk " +
                                             std::to_string(chunk.id) +
                                             " does not lie in its text; run 'lectern repair'"};
        chunks.push_back(text.substr(chunk.begin, chunk.end - chunk.begin));
    }
    return analyse(analyzer, document.title, text, chunks);
}

Result<AnalysedDocument> analyse(Analyzer& analyzer, const storage::Reader& reader,
                                 storage::ChunkId chunk) {
    LECTERN_ASSIGN(const storage::Chunk row, reader.chunk(chunk));
    LECTERN_ASSIGN(const storage::DocumentHeader header, reader.header(row.document));
    return analyse(analyzer, reader, header);
}

Status build_all(Analyzer& analyzer, const storage::Reader& reader, SegmentNumber next,
                 const WriteSegment& write) {
    SegmentBuilder builder;
    std::uint64_t bytes = 0;
    const auto end_segment = [&]() -> Status {
        if (builder.empty()) return {};
        storage::DerivedRows rows;
        Segment segment = std::exchange(builder, {}).finish(next++, rows);
        bytes = 0;
        return write(std::move(segment), std::move(rows));
    };
    Status failed;
    LECTERN_TRY(reader.for_each_version([&](const storage::DocumentHeader& header) {
        auto document = analyse(analyzer, reader, header);
        if (!document) return failed = document.status(), false;
        if (document->chunks.empty()) return true;
        builder.add(*document, header.chunks.first);
        bytes += header.text_bytes + header.title.size() * header.chunks.count;
        if (bytes < piece_bytes) return true;
        failed = end_segment();
        return failed.ok();
    }));
    LECTERN_TRY(failed);
    return end_segment();
}

}  // namespace lectern::index::lexical
