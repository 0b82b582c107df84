// storage/store/types.hpp: the values that go into a collection and come out of it.
//
// All of them are plain values that own their bytes. Text is UTF-8; begin and end are byte offsets
// into a document's extracted text; times are milliseconds since 1970-01-01 UTC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lectern::storage {

// Names one chunk for ever: counts up from 1 within a collection and is never used again.
using ChunkId = std::uint64_t;

// Names one version of a document for ever: a document that is replaced gets a new ordinal. Counts
// up from 1 and is never used again.
using Ordinal = std::uint64_t;

// Number of commits so far; 0 is the empty collection.
using Sequence = std::uint64_t;

// Names the vectors of one model in a collection; counts up from 1. 0 means none.
using GenerationNumber = std::uint32_t;

struct Hash128 {
    std::array<std::uint8_t, 16> bytes{};
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

// 32 lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(const Hash128& hash);

// The chunks [first, first + count). The chunks of one document are always one such range, in the
// order of their text.
struct ChunkRange {
    ChunkId first = 0;
    std::uint64_t count = 0;
    [[nodiscard]] ChunkId end() const noexcept { return first + count; }
    [[nodiscard]] bool contains(ChunkId id) const noexcept { return id >= first && id < end(); }
    friend bool operator==(const ChunkRange&, const ChunkRange&) = default;
};

// Where the text from `begin` on comes from, until the next place. The numbers are those of
// lectern_place (lectern/plugin.h).
struct Place {
    std::uint64_t begin = 0;  // into the chunk; 0 for what holds where the chunk begins
    std::uint32_t kind = 0;   // LECTERN_PLACE_*
    std::uint64_t number = 0;
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;
    std::string name{};
    friend bool operator==(const Place&, const Place&) = default;
};

struct Chunk {
    ChunkId id = 0;
    Ordinal document = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t tokens = 0;
    // Bytes of the text before it that belong to its meaning: a table's header. Both 0: none.
    std::uint64_t context_begin = 0;
    std::uint64_t context_end = 0;
    std::vector<Place> places{};
    friend bool operator==(const Chunk&, const Chunk&) = default;
};

// Everything about a document but its text.
struct DocumentHeader {
    std::string id{};
    Ordinal ordinal = 0;
    std::string title{};
    std::string metadata{};  // a JSON object, or empty
    Hash128 content_hash{};
    ChunkRange chunks{};
    std::uint64_t tokens = 0;        // sum over the chunks
    std::uint64_t text_bytes = 0;    // of the extracted text
    std::uint64_t source_bytes = 0;  // of what the text was extracted from
    std::int64_t committed_at = 0;
    friend bool operator==(const DocumentHeader&, const DocumentHeader&) = default;
};

struct Document {
    DocumentHeader header{};
    std::string text{};
};

// A chunk as a search result needs it.
struct ChunkView {
    Chunk chunk{};
    std::string document{};  // id
    std::string title{};
    std::string metadata{};
    std::string text{};     // the chunk's bytes; empty when not asked for
    std::string context{};  // the bytes of its context; likewise
};

// How a vector's components are stored. The store writes f32 alone; pq is for indexes: the codes of
// a product quantiser, from which a vector is guessed.
enum class VectorEncoding : std::uint8_t { f32 = 0, bf16 = 1, f16 = 2, int8 = 3, pq = 4 };

// The vectors of one model. A collection never compares vectors of two generations.
struct Generation {
    GenerationNumber number = 0;  // given by Store::add_generation
    std::string fingerprint{};    // model folder hash, pooling, normalisation, prefixes
    std::uint32_t dimension = 0;
    VectorEncoding encoding = VectorEncoding::f32;
    std::string note{};  // for people: model name and precision
    std::int64_t created_at = 0;
    friend bool operator==(const Generation&, const Generation&) = default;
};

struct CollectionMeta {
    Hash128 id{};  // random, made with the collection
    std::uint32_t format = 0;
    std::int64_t created_at = 0;
    std::string pipeline_name{};
    std::string pipeline_yaml{};    // the text of the pipeline file
    std::string pipeline_folder{};  // that its relative paths are looked up in
    std::vector<Generation> generations{};
    GenerationNumber serving = 0;  // the generation that searches use

    // Null when there is none of that number.
    [[nodiscard]] const Generation* generation(GenerationNumber number) const noexcept;
};

struct Counters {
    std::uint64_t documents = 0;
    std::uint64_t chunks = 0;
    std::uint64_t tokens = 0;
    std::uint64_t text_bytes = 0;
    friend bool operator==(const Counters&, const Counters&) = default;
};

// ------------------------------------------------------------------ writing

struct PutChunk {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t tokens = 0;
    std::uint64_t context_begin = 0;
    std::uint64_t context_end = 0;
    std::vector<Place> places{};
};

struct PutVectors {
    GenerationNumber generation = 0;
    std::vector<float> values{};  // chunks.size() rows of the generation's dimension, row by row
};

// Where one version of a document came from.
struct Origin {
    std::string file{};   // the absolute path; empty: it came from no file
    bool synced = false;  // it goes when the file does (storage/store/sources.hpp)
    friend bool operator==(const Origin&, const Origin&) = default;
};

// Of the file that a document was read from, where the collection keeps it.
struct OriginalHead {
    std::uint64_t bytes = 0;
    Hash128 hash{};  // of the bytes
    friend bool operator==(const OriginalHead&, const OriginalHead&) = default;
};

// A document to write; it replaces the version of the same id.
struct PutDocument {
    std::string id{};  // not empty, at most 4096 bytes
    std::string title{};
    std::string metadata{};  // a JSON object, or empty; kept as given
    Hash128 content_hash{};  // of the caller's choosing, see storage/store/content_hash.hpp
    std::uint64_t source_bytes = 0;
    std::string text{};
    std::vector<PutChunk> chunks{};     // may be empty
    std::vector<PutVectors> vectors{};  // one entry a generation; may be empty
    Origin origin{};
    std::string original{};  // the bytes of its file, to be kept; empty: none are
};

// What one commit writes: all of it or nothing. Deletes come first, so an id in both is replaced.
// Of several puts with one id the last one counts.
struct WriteGroup {
    std::vector<PutDocument> puts{};
    std::vector<std::string> deletes{};  // ids; one that is not there is no error
    [[nodiscard]] bool empty() const noexcept { return puts.empty() && deletes.empty(); }
};

struct CommittedDocument {
    Ordinal ordinal = 0;  // 0 when a later put of the same id in the group took its place
    ChunkRange chunks{};
    bool replaced = false;  // there was a version before
};

// What changed with one commit; what an index needs to follow the store.
struct Change {
    Sequence sequence = 0;
    std::vector<ChunkRange> added{};    // ascending
    std::vector<ChunkRange> removed{};  // of replaced and deleted documents
    friend bool operator==(const Change&, const Change&) = default;
};

struct CommitResult {
    Change change{};
    std::vector<CommittedDocument> documents{};  // one for each put, in the group's order
    std::vector<bool> deleted{};                 // one for each delete: whether it was there
};

}  // namespace lectern::storage
