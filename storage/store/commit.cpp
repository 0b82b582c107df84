#include "storage/store/commit.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_map>

#include "storage/store/clock.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace {

constexpr std::size_t longest_id = 4096;
// RocksDB's batches end at 4 GiB; a group is in memory three times over while it is written.
constexpr std::uint64_t largest_group = std::uint64_t{2} << 30;

Status refuse(const PutDocument& document, const std::string& reason) {
    return {Code::invalid_argument,
            "document " + in_quotes(document.id.substr(0, 200)) + ": " + reason};
}

Status check_vectors(const PutDocument& document, const PutVectors& vectors,
                     const CollectionMeta& meta) {
    const std::string which = "the vectors of generation " + std::to_string(vectors.generation);
    const Generation* generation = meta.generation(vectors.generation);
    if (generation == nullptr)
        return refuse(document, which + ": the collection has no such generation");
    const std::size_t expected = document.chunks.size() * generation->dimension;
    if (vectors.values.size() != expected)
        return refuse(document, which + " have " + std::to_string(vectors.values.size()) +
                                    " components; " + std::to_string(document.chunks.size()) +
                                    " chunks of dimension " +
                                    std::to_string(generation->dimension) + " need " +
                                    std::to_string(expected));
    const auto bad = std::find_if_not(vectors.values.begin(), vectors.values.end(),
                                      [](float value) { return std::isfinite(value); });
    if (bad != vectors.values.end())
        return refuse(document,
                      which + ": that of chunk " +
                          std::to_string((bad - vectors.values.begin()) / generation->dimension) +
                          " has a component that is not a finite number");
    return {};
}

Status check(const PutDocument& document, const CollectionMeta& meta) {
    if (document.id.empty()) return refuse(document, "the id is empty");
    if (document.id.size() > longest_id)
        return refuse(document, "the id has " + std::to_string(document.id.size()) +
                                    " bytes; the longest allowed has " +
                                    std::to_string(longest_id));
    for (std::size_t i = 0; i < document.chunks.size(); ++i) {
        const PutChunk& chunk = document.chunks[i];
        if (chunk.begin <= chunk.end && chunk.end <= document.text.size() &&
            chunk.context_begin <= chunk.context_end && chunk.context_end <= chunk.begin)
            continue;
        return refuse(document, "chunk " + std::to_string(i) + " is [" +
                                    std::to_string(chunk.begin) + ", " + std::to_string(chunk.end) +
                                    ") and the text has " + std::to_string(document.text.size()) +
                                    " bytes");
    }
    for (const PutVectors& vectors : document.vectors)
        LECTERN_TRY(check_vectors(document, vectors, meta));
    return {};
}

std::uint64_t bytes(const PutDocument& document) {
    std::uint64_t total = document.text.size() + document.metadata.size() + document.title.size() +
                          document.original.size() + document.chunks.size() * 32;
    for (const PutChunk& chunk : document.chunks) total += chunk.places.size() * 16;
    for (const PutVectors& vectors : document.vectors) total += vectors.values.size() * 4;
    return total;
}

std::uint64_t bytes(const WriteGroup& group) {
    std::uint64_t total = 0;
    for (const PutDocument& document : group.puts) total += bytes(document);
    return total;
}

std::uint32_t block_count(std::uint64_t text_bytes) {
    return static_cast<std::uint32_t>((text_bytes + text_block_bytes - 1) / text_block_bytes);
}

// Adds a range, joined to the last one when they touch.
void add(std::vector<ChunkRange>& ranges, const ChunkRange& range) {
    if (range.count == 0) return;
    if (!ranges.empty() && ranges.back().end() == range.first)
        ranges.back().count += range.count;
    else
        ranges.push_back(range);
}

}  // namespace

Status check(const WriteGroup& group, const CollectionMeta& meta) {
    for (const PutDocument& document : group.puts) LECTERN_TRY(check(document, meta));
    const std::uint64_t total = bytes(group);
    if (total > largest_group)
        return {Code::resource_exhausted,
                "one write of " + std::to_string(total) + " bytes is more than the limit of " +
                    std::to_string(largest_group) + "; write fewer or smaller documents at once"};
    return {};
}

Commit::Commit(const Database& database, const Moment& before, const WriteGroup& group)
    : database_(database),
      before_(before),
      group_(group),
      time_(now_milliseconds()),
      batch_(database, bytes(group)),
      state_(before.state) {}

Status Commit::prepare() {
    state_.sequence += 1;
    result_.change.sequence = state_.sequence;
    LECTERN_ASSIGN(const auto originals,
                   database_.get(Column::meta, meta_key::originals, before_.snapshot));
    may_have_originals_ = originals.has_value();

    for (const std::string& id : group_.deletes) {
        LECTERN_ASSIGN(const bool there, remove_version(id));
        result_.deleted.push_back(there);
    }
    std::unordered_map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < group_.puts.size(); ++i) last[group_.puts[i].id] = i;
    result_.documents.resize(group_.puts.size());
    for (std::size_t i = 0; i < group_.puts.size(); ++i) {
        const PutDocument& document = group_.puts[i];
        if (last[document.id] != i) continue;
        LECTERN_ASSIGN(const bool replaced, remove_version(document.id));
        CommittedDocument& committed = result_.documents[i];
        committed.replaced = replaced;
        committed.ordinal = state_.next_ordinal;
        committed.chunks = {document.chunks.empty() ? 0 : state_.next_chunk,
                            document.chunks.size()};
        put(document, committed.chunks);
        add(result_.change.added, committed.chunks);
    }
    std::sort(result_.change.removed.begin(), result_.change.removed.end(),
              [](const ChunkRange& a, const ChunkRange& b) { return a.first < b.first; });

    batch_.put(Column::changes, number_key(state_.sequence).bytes(), encode(result_.change));
    if (state_.sequence > Reader::kept_changes)
        batch_.remove(Column::changes, number_key(state_.sequence - Reader::kept_changes).bytes());
    batch_.put(Column::meta, meta_key::state, encode(state_));
    if (!batch_.status().ok()) return database_.failure(batch_.status(), "preparing a write");
    return {};
}

Result<bool> Commit::remove_version(std::string_view id) {
    if (!removed_.insert(id).second) return false;
    LECTERN_ASSIGN(const auto key, database_.get(Column::ids, id, before_.snapshot));
    if (!key) return false;
    LECTERN_ASSIGN(const auto bytes, database_.get(Column::documents, *key, before_.snapshot));
    const auto header = decode_header(bytes.value_or(""));
    if (!header || header->id != id)
        return database_.undecodable("the record of document " + in_quotes(id));

    batch_.remove(Column::ids, id);
    batch_.remove(Column::documents, *key);
    batch_.remove(Column::meta, origin_key(header->ordinal));
    if (may_have_originals_)
        LECTERN_TRY(remove_original(batch_, database_, header->ordinal, before_.snapshot));
    for (std::uint32_t block = 0; block < block_count(header->text_bytes); ++block)
        batch_.remove(Column::text, text_key(header->ordinal, block).bytes());
    for (ChunkId chunk = header->chunks.first; chunk < header->chunks.end(); ++chunk) {
        batch_.remove(Column::chunks, number_key(chunk).bytes());
        for (const Generation& generation : before_.meta->generations)
            batch_.remove(Column::vectors, vector_key(generation.number, chunk).bytes());
    }
    state_.counters.documents -= 1;
    state_.counters.chunks -= header->chunks.count;
    state_.counters.tokens -= header->tokens;
    state_.counters.text_bytes -= header->text_bytes;
    if (header->chunks.count > 0) result_.change.removed.push_back(header->chunks);
    return true;
}

void Commit::put(const PutDocument& document, const ChunkRange& chunks) {
    DocumentHeader header;
    header.id = document.id;
    header.ordinal = state_.next_ordinal++;
    header.title = document.title;
    header.metadata = document.metadata;
    header.content_hash = document.content_hash;
    header.chunks = chunks;
    header.text_bytes = document.text.size();
    header.source_bytes = document.source_bytes;
    header.committed_at = time_;
    state_.next_chunk += chunks.count;

    for (std::size_t i = 0; i < document.chunks.size(); ++i) {
        const PutChunk& chunk = document.chunks[i];
        header.tokens += chunk.tokens;
        batch_.put(Column::chunks, number_key(chunks.first + i).bytes(),
                   encode(Chunk{0, header.ordinal, chunk.begin, chunk.end, chunk.tokens,
                                chunk.context_begin, chunk.context_end, chunk.places}));
    }
    for (const PutVectors& vectors : document.vectors) {
        const std::size_t dimension = before_.meta->generation(vectors.generation)->dimension;
        for (std::size_t i = 0; i < document.chunks.size(); ++i) {
            encode_vector(std::span(vectors.values).subspan(i * dimension, dimension),
                          vector_bytes_);
            batch_.put(Column::vectors, vector_key(vectors.generation, chunks.first + i).bytes(),
                       vector_bytes_);
        }
    }
    const std::string_view text = document.text;
    for (std::uint32_t block = 0; block < block_count(text.size()); ++block)
        batch_.put(Column::text, text_key(header.ordinal, block).bytes(),
                   text.substr(block * text_block_bytes, text_block_bytes));
    const auto key = number_key(header.ordinal);
    batch_.put(Column::documents, key.bytes(), encode(header));
    batch_.put(Column::ids, document.id, key.bytes());
    if (!document.origin.file.empty())
        batch_.put(Column::meta, origin_key(header.ordinal), encode(document.origin));
    put_original(batch_, header.ordinal, document.original);
    if (!document.original.empty() && !may_have_originals_) {
        // As of a copied collection that keeps none any more: removals look for them from now on.
        batch_.put(Column::meta, meta_key::originals, std::string(1, '\0'));
        may_have_originals_ = true;
    }

    state_.counters.documents += 1;
    state_.counters.chunks += chunks.count;
    state_.counters.tokens += header.tokens;
    state_.counters.text_bytes += header.text_bytes;
}

}  // namespace lectern::storage
