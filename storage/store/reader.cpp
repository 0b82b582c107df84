#include <algorithm>

#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/pinned.hpp"
#include "storage/store/quote.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {

namespace {

// Values of many keys of one column, in the keys' order; empty where there is none.
template <std::size_t size>
Result<std::vector<std::optional<std::string>>> get_many(const Database& database,
                                                         const rocksdb::ReadOptions& options,
                                                         Column column,
                                                         const std::vector<Key<size>>& keys) {
    std::vector<rocksdb::Slice> slices;
    slices.reserve(keys.size());
    for (const Key<size>& key : keys) slices.push_back(slice(key.bytes()));
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    database.db().MultiGet(options, database.handle(column), keys.size(), slices.data(),
                           values.data(), statuses.data());
    std::vector<std::optional<std::string>> result(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (statuses[i].IsNotFound()) continue;
        if (!statuses[i].ok())
            return database.failure(statuses[i], std::string("reading from ") + name(column));
        result[i].emplace(values[i].data(), values[i].size());
    }
    return result;
}

// The place of `value` in a sorted vector that holds it.
template <typename T>
std::size_t place(const std::vector<T>& sorted, const T& value) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
}

template <typename T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

struct BlockId {
    Ordinal document = 0;
    std::uint32_t block = 0;
    auto operator<=>(const BlockId&) const = default;
};

// The blocks that hold the text [begin, end) of a document, into `out`.
void add_blocks(Ordinal document, std::uint64_t begin, std::uint64_t end,
                std::vector<BlockId>& out) {
    for (std::uint64_t at = begin / text_block_bytes; at * text_block_bytes < end; ++at)
        out.push_back({document, static_cast<std::uint32_t>(at)});
}

// Text blocks by their ids, sorted; read in one go.
class Blocks {
 public:
    static Result<Blocks> read(const Database& database, const rocksdb::ReadOptions& options,
                               std::vector<BlockId> ids) {
        sort_unique(ids);
        std::vector<Key<text_key_size>> keys;
        keys.reserve(ids.size());
        for (const BlockId& id : ids) keys.push_back(text_key(id.document, id.block));
        LECTERN_ASSIGN(auto values, get_many(database, options, Column::text, keys));
        return Blocks(std::move(ids), std::move(values));
    }
    // The bytes [begin, end), or nothing when a block is missing or too short.
    [[nodiscard]] std::optional<std::string> text(Ordinal document, std::uint64_t begin,
                                                  std::uint64_t end) const {
        std::string result;
        result.reserve(end - begin);
        while (begin < end) {
            const auto block = static_cast<std::uint32_t>(begin / text_block_bytes);
            const std::uint64_t offset = begin % text_block_bytes;
            const std::uint64_t size = std::min(end - begin, text_block_bytes - offset);
            const std::size_t at = place(ids_, BlockId{document, block});
            if (at == ids_.size() || ids_[at] != BlockId{document, block}) return std::nullopt;
            const std::optional<std::string>& value = values_[at];
            if (!value || value->size() < offset + size) return std::nullopt;
            result.append(*value, offset, size);
            begin += size;
        }
        return result;
    }

 private:
    Blocks(std::vector<BlockId> ids, std::vector<std::optional<std::string>> values)
        : ids_(std::move(ids)), values_(std::move(values)) {}
    std::vector<BlockId> ids_;
    std::vector<std::optional<std::string>> values_;
};

Status no_document(const Database& database, std::string_view id) {
    return {Code::not_found, "collection " + in_quotes(database.folder().string()) +
                                 " has no document " + in_quotes(id)};
}

}  // namespace

Reader::Reader(std::unique_ptr<Pinned> pinned) : pinned_(std::move(pinned)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&& other) noexcept = default;
Reader& Reader::operator=(Reader&& other) noexcept = default;

Sequence Reader::sequence() const noexcept {
    return pinned_->moment->state.sequence;
}
const Counters& Reader::counters() const noexcept {
    return pinned_->moment->state.counters;
}

Result<DocumentHeader> Reader::header(std::string_view id) const {
    const Database& database = pinned_->database;
    LECTERN_ASSIGN(const auto key, database.get(Column::ids, id, pinned_->moment->snapshot));
    if (!key) return no_document(database, id);
    if (key->size() != number_key_size)
        return database.undecodable("the id of document " + in_quotes(id));
    return header(key_integer<Ordinal>(*key, 0));
}

Result<DocumentHeader> Reader::header(Ordinal ordinal) const {
    const Database& database = pinned_->database;
    LECTERN_ASSIGN(const auto bytes, database.get(Column::documents, number_key(ordinal).bytes(),
                                                  pinned_->moment->snapshot));
    if (!bytes)
        return Status{Code::not_found, "collection " + in_quotes(database.folder().string()) +
                                           " has no document number " + std::to_string(ordinal)};
    auto header = decode_header(*bytes);
    if (!header) return database.undecodable("document number " + std::to_string(ordinal));
    return std::move(*header);
}

Result<Document> Reader::document(std::string_view id) const {
    Document result;
    LECTERN_ASSIGN(result.header, header(id));
    LECTERN_ASSIGN(result.text, text(result.header, 0, result.header.text_bytes));
    return result;
}

Result<std::string> Reader::text(const DocumentHeader& document, std::uint64_t begin,
                                 std::uint64_t end) const {
    if (begin > end || end > document.text_bytes)
        return Status{Code::invalid_argument, "document " + in_quotes(document.id) +
                                                  ": the range [" + std::to_string(begin) + ", " +
                                                  std::to_string(end) + ") does not lie in its " +
                                                  std::to_string(document.text_bytes) + " bytes"};
    std::string result;
    result.reserve(end - begin);
    // A few blocks at a time, so that a large text is not in memory twice.
    constexpr std::uint64_t step = 64 * text_block_bytes;
    while (begin < end) {
        const std::uint64_t stop = std::min(end, begin - begin % text_block_bytes + step);
        std::vector<BlockId> ids;
        add_blocks(document.ordinal, begin, stop, ids);
        LECTERN_ASSIGN(const Blocks blocks,
                       Blocks::read(pinned_->database, pinned_->options(), std::move(ids)));
        const auto part = blocks.text(document.ordinal, begin, stop);
        if (!part)
            return pinned_->database.undecodable("the text of document " + in_quotes(document.id));
        result += *part;
        begin = stop;
    }
    return result;
}

Result<Chunk> Reader::chunk(ChunkId id) const {
    const Database& database = pinned_->database;
    LECTERN_ASSIGN(const auto bytes,
                   database.get(Column::chunks, number_key(id).bytes(), pinned_->moment->snapshot));
    if (!bytes)
        return Status{Code::not_found, "collection " + in_quotes(database.folder().string()) +
                                           " has no chunk " + std::to_string(id)};
    const auto chunk = decode_chunk(id, *bytes);
    if (!chunk) return database.undecodable("chunk " + std::to_string(id));
    return *chunk;
}

Result<std::vector<Chunk>> Reader::chunks(const DocumentHeader& document) const {
    const Database& database = pinned_->database;
    std::vector<Chunk> result;
    rocksdb::ReadOptions options = pinned_->options();
    const auto end_key = number_key(document.chunks.end());
    const rocksdb::Slice end = slice(end_key.bytes());
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(options, database.handle(Column::chunks)));
    for (row->Seek(slice(number_key(document.chunks.first).bytes())); row->Valid(); row->Next()) {
        const auto id = key_integer<ChunkId>(view(row->key()), 0);
        const auto chunk = decode_chunk(id, view(row->value()));
        if (!chunk) return database.undecodable("chunk " + std::to_string(id));
        result.push_back(*chunk);
    }
    if (!row->status().ok()) return database.failure(row->status(), "reading chunks");
    if (result.size() != document.chunks.count)
        return Status{Code::not_found, "document " + in_quotes(document.id) +
                                           " has been replaced or deleted: its chunks are gone"};
    return result;
}

Result<std::vector<Ordinal>> Reader::documents_of(std::span<const ChunkId> ids) const {
    const Database& database = pinned_->database;
    std::vector<Key<number_key_size>> keys;
    keys.reserve(ids.size());
    for (const ChunkId id : ids) keys.push_back(number_key(id));
    LECTERN_ASSIGN(const auto chunks, get_many(database, pinned_->options(), Column::chunks, keys));
    std::vector<Ordinal> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!chunks[i]) continue;
        const auto chunk = decode_chunk(ids[i], *chunks[i]);
        if (!chunk) return database.undecodable("chunk " + std::to_string(ids[i]));
        out[i] = chunk->document;
    }
    return out;
}

Result<std::vector<std::optional<ChunkView>>> Reader::chunk_views(std::span<const ChunkId> ids,
                                                                  bool with_text) const {
    const Database& database = pinned_->database;
    const rocksdb::ReadOptions options = pinned_->options();
    std::vector<std::optional<ChunkView>> result(ids.size());

    std::vector<Key<number_key_size>> keys;
    keys.reserve(ids.size());
    for (const ChunkId id : ids) keys.push_back(number_key(id));
    LECTERN_ASSIGN(const auto chunks, get_many(database, options, Column::chunks, keys));
    std::vector<Ordinal> ordinals;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!chunks[i]) continue;
        const auto chunk = decode_chunk(ids[i], *chunks[i]);
        if (!chunk) return database.undecodable("chunk " + std::to_string(ids[i]));
        result[i].emplace();
        result[i]->chunk = *chunk;
        ordinals.push_back(chunk->document);
    }

    sort_unique(ordinals);
    keys.clear();
    for (const Ordinal ordinal : ordinals) keys.push_back(number_key(ordinal));
    LECTERN_ASSIGN(const auto rows, get_many(database, options, Column::documents, keys));
    std::vector<DocumentHeader> headers;
    headers.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto header = decode_header(rows[i].value_or(""));
        if (!header) return database.undecodable("document number " + std::to_string(ordinals[i]));
        headers.push_back(std::move(*header));
    }

    std::vector<BlockId> block_ids;
    for (const auto& row : result)
        if (row && with_text)
            for (const auto& [begin, end] :
                 {std::pair{row->chunk.begin, row->chunk.end},
                  std::pair{row->chunk.context_begin, row->chunk.context_end}})
                add_blocks(row->chunk.document, begin, end, block_ids);
    LECTERN_ASSIGN(const Blocks blocks, Blocks::read(database, options, std::move(block_ids)));
    for (auto& row : result) {
        if (!row) continue;
        const DocumentHeader& header = headers[place(ordinals, row->chunk.document)];
        row->document = header.id;
        row->title = header.title;
        row->metadata = header.metadata;
        if (!with_text) continue;
        const Chunk& chunk = row->chunk;
        auto text = blocks.text(chunk.document, chunk.begin, chunk.end);
        auto context = blocks.text(chunk.document, chunk.context_begin, chunk.context_end);
        if (!text || !context)
            return database.undecodable("the text of document " + in_quotes(header.id));
        row->text = std::move(*text);
        row->context = std::move(*context);
    }
    return result;
}

Status Reader::for_each_document(const std::function<bool(const DocumentHeader&)>& visit,
                                 std::string_view after) const {
    const Database& database = pinned_->database;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(pinned_->scan_options(), database.handle(Column::ids)));
    row->Seek(slice(after));
    if (row->Valid() && view(row->key()) == after) row->Next();
    for (; row->Valid(); row->Next()) {
        if (row->value().size() != number_key_size)
            return database.undecodable("the id of document " + in_quotes(view(row->key())));
        LECTERN_ASSIGN(const DocumentHeader document,
                       header(key_integer<Ordinal>(view(row->value()), 0)));
        if (!visit(document)) return {};
    }
    return row->status().ok() ? Status{} : database.failure(row->status(), "listing documents");
}

Result<std::vector<ChunkRange>> Reader::live_chunks() const {
    const Database& database = pinned_->database;
    std::vector<ChunkRange> result;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(pinned_->scan_options(), database.handle(Column::chunks)));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        const auto id = key_integer<ChunkId>(view(row->key()), 0);
        if (!result.empty() && result.back().end() == id)
            result.back().count += 1;
        else
            result.push_back({id, 1});
    }
    if (!row->status().ok()) return database.failure(row->status(), "listing chunks");
    return result;
}

Result<Reader::Vectors> Reader::vectors(GenerationNumber generation, ChunkRange range) const {
    const Database& database = pinned_->database;
    Vectors result;
    const Generation* of = pinned_->moment->meta->generation(generation);
    if (of == nullptr || range.count == 0) return result;
    rocksdb::ReadOptions options = pinned_->options();
    options.fill_cache = false;
    const auto end_key = vector_key(generation, range.end());
    const rocksdb::Slice end = slice(end_key.bytes());
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(options, database.handle(Column::vectors)));
    for (row->Seek(slice(vector_key(generation, range.first).bytes())); row->Valid(); row->Next()) {
        const auto id = key_integer<ChunkId>(view(row->key()), 4);
        if (!decode_vector(view(row->value()), of->dimension, result.values))
            return database.undecodable("the vector of chunk " + std::to_string(id));
        result.found.push_back(id);
    }
    if (!row->status().ok()) return database.failure(row->status(), "reading vectors");
    return result;
}

Result<Reader::Vectors> Reader::vectors(GenerationNumber generation,
                                        std::span<const ChunkId> chunks) const {
    const Database& database = pinned_->database;
    Vectors result;
    const Generation* of = pinned_->moment->meta->generation(generation);
    if (of == nullptr || chunks.empty()) return result;
    std::vector<Key<vector_key_size>> keys;
    keys.reserve(chunks.size());
    for (const ChunkId id : chunks) keys.push_back(vector_key(generation, id));
    LECTERN_ASSIGN(const auto rows, get_many(database, pinned_->options(), Column::vectors, keys));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i]) continue;
        if (!decode_vector(*rows[i], of->dimension, result.values))
            return database.undecodable("the vector of chunk " + std::to_string(chunks[i]));
        result.found.push_back(chunks[i]);
    }
    return result;
}

Status Reader::scan_vectors(GenerationNumber generation, ChunkId from, const VisitVectors& visit,
                            std::size_t rows) const {
    const Database& database = pinned_->database;
    const Generation* of = pinned_->moment->meta->generation(generation);
    if (of == nullptr)
        return {Code::not_found,
                "the collection has no generation " + std::to_string(generation) + " of vectors"};
    rocksdb::ReadOptions options = pinned_->scan_options();
    const auto end_key = vector_key(generation + 1, 0);
    const rocksdb::Slice end = slice(end_key.bytes());
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(options, database.handle(Column::vectors)));
    std::vector<ChunkId> ids;
    std::vector<float> values;
    for (row->Seek(slice(vector_key(generation, from).bytes())); row->Valid(); row->Next()) {
        const auto id = key_integer<ChunkId>(view(row->key()), 4);
        if (!decode_vector(view(row->value()), of->dimension, values))
            return database.undecodable("the vector of chunk " + std::to_string(id));
        ids.push_back(id);
        if (ids.size() < rows) continue;
        if (!visit(ids, values)) return {};
        ids.clear();
        values.clear();
    }
    if (!row->status().ok()) return database.failure(row->status(), "reading vectors");
    if (!ids.empty()) (void)visit(ids, values);
    return {};
}

Result<std::vector<Change>> Reader::changes(Sequence after) const {
    const Database& database = pinned_->database;
    std::vector<Change> result;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(pinned_->scan_options(), database.handle(Column::changes)));
    for (row->Seek(slice(number_key(after + 1).bytes())); row->Valid(); row->Next()) {
        const auto sequence = key_integer<Sequence>(view(row->key()), 0);
        auto change = decode_change(sequence, view(row->value()));
        if (!change) return database.undecodable("change " + std::to_string(sequence));
        result.push_back(std::move(*change));
    }
    if (!row->status().ok()) return database.failure(row->status(), "reading changes");
    if (result.size() != this->sequence() - std::min(after, this->sequence()))
        return Status{Code::not_found,
                      "the changes after commit " + std::to_string(after) + " are no longer kept"};
    return result;
}

}  // namespace lectern::storage
