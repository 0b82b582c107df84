#include "index/lexical/documents.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lectern::index::lexical {

namespace {
// Of text in one segment of a rebuild: bounds what is in memory.
constexpr std::uint64_t piece_bytes = 16u << 20;
}  // namespace

namespace {

// The words of chunks: those of their contexts (headers of tables) are found with them.
class ChunkTexts {
 public:
    explicit ChunkTexts(std::string_view text) : text_(text) {}
    void add(std::uint64_t begin, std::uint64_t end, std::uint64_t context_begin,
             std::uint64_t context_end) {
        const std::string_view chunk = text_.substr(begin, end - begin);
        if (context_begin == context_end) {
            views_.push_back(chunk);
            return;
        }
        std::string& joined = joined_.emplace_back();
        joined.append(text_.substr(context_begin, context_end - context_begin));
        joined.append("\n").append(chunk);
        views_.push_back(joined);
    }
    [[nodiscard]] const std::vector<std::string_view>& views() const noexcept { return views_; }

 private:
    std::string_view text_;
    std::deque<std::string> joined_;  // which stay where they are
    std::vector<std::string_view> views_;
};

}  // namespace

AnalysedDocument analyse(Analyzer& analyzer, const storage::PutDocument& document) {
    ChunkTexts chunks(document.text);
    for (const storage::PutChunk& chunk : document.chunks)
        chunks.add(chunk.begin, chunk.end, chunk.context_begin, chunk.context_end);
    return analyse(analyzer, document.title, document.text, chunks.views());
}

Result<AnalysedDocument> analyse(Analyzer& analyzer, const storage::Reader& reader,
                                 const storage::DocumentHeader& document) {
    LECTERN_ASSIGN(const std::string whole, reader.text(document, 0, document.text_bytes));
    LECTERN_ASSIGN(const auto ranges, reader.chunks(document));
    const std::string_view text = whole;
    ChunkTexts chunks(text);
    for (const storage::Chunk& chunk : ranges) {
        if (chunk.begin > chunk.end || chunk.end > text.size())
            return Status{Code::corrupt, "document \"" + document.id + "\": chunk " +
                                             std::to_string(chunk.id) +
                                             " does not lie in its text; run 'lectern repair'"};
        chunks.add(chunk.begin, chunk.end, chunk.context_begin, chunk.context_end);
    }
    return analyse(analyzer, document.title, text, chunks.views());
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
