// storage/store/encoding.hpp: the values of the column families as bytes. docs/on-disk-format.md
// lists them.
//
// Integers are varints (LEB128, at most ten bytes), strings are their size as a varint and their
// bytes, floats are little-endian IEEE 754. A record begins with its version, one byte. The bytes
// are protected by the checksums of RocksDB's blocks and log records, so a decoder only has to be
// safe with them: it answers nothing rather than read past the end or accept what is left over.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store/sources.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

// Text is cut into blocks of this many bytes; the last one of a document is shorter.
inline constexpr std::uint64_t text_block_bytes = 65536;

// Where a collection stands; changes with every commit.
struct State {
    Sequence sequence = 0;
    Ordinal next_ordinal = 1;
    ChunkId next_chunk = 1;
    Counters counters;
    friend bool operator==(const State&, const State&) = default;
};

// The rest of CollectionMeta, without the generations.
struct Settings {
    std::int64_t created_at = 0;
    std::string pipeline_name;
    std::string pipeline_yaml;
    GenerationNumber serving = 0;
    GenerationNumber next_generation = 1;
    std::string pipeline_folder{};
    friend bool operator==(const Settings&, const Settings&) = default;
};

// What a backup says of the collection that it was made of.
struct BackupNote {
    Hash128 collection{};
    std::uint32_t format = 0;
    Sequence sequence = 0;
    std::uint64_t documents = 0;
    friend bool operator==(const BackupNote&, const BackupNote&) = default;
};

[[nodiscard]] std::string encode(const BackupNote& note);
[[nodiscard]] std::string encode(const State& state);
[[nodiscard]] std::string encode(const Settings& settings);
[[nodiscard]] std::string encode(const Generation& generation);
[[nodiscard]] std::string encode(const DocumentHeader& header);
[[nodiscard]] std::string encode(const Chunk& chunk);    // without its id: that is the key
[[nodiscard]] std::string encode(const Change& change);  // without its sequence: that is the key
[[nodiscard]] std::string encode(const Origin& origin);
[[nodiscard]] std::string encode(const OriginalHead& original);
[[nodiscard]] std::string encode(const SyncedFile& file);      // without its path: that is the key
[[nodiscard]] std::string encode(const SourceFolder& source);  // likewise
// An encoding byte and the components. `out` is overwritten.
void encode_vector(std::span<const float> vector, std::string& out);

[[nodiscard]] std::optional<BackupNote> decode_backup_note(std::string_view bytes);
[[nodiscard]] std::optional<State> decode_state(std::string_view bytes);
[[nodiscard]] std::optional<Settings> decode_settings(std::string_view bytes);
[[nodiscard]] std::optional<Generation> decode_generation(std::string_view bytes);
[[nodiscard]] std::optional<DocumentHeader> decode_header(std::string_view bytes);
[[nodiscard]] std::optional<Chunk> decode_chunk(ChunkId id, std::string_view bytes);
[[nodiscard]] std::optional<Change> decode_change(Sequence sequence, std::string_view bytes);
[[nodiscard]] std::optional<Origin> decode_origin(std::string_view bytes);
[[nodiscard]] std::optional<OriginalHead> decode_original_head(std::string_view bytes);
[[nodiscard]] std::optional<SyncedFile> decode_synced_file(std::string_view path,
                                                           std::string_view bytes);
[[nodiscard]] std::optional<SourceFolder> decode_source(std::string_view path,
                                                        std::string_view bytes);
// Appends the components to `out`. False when the bytes are no vector of that dimension.
[[nodiscard]] bool decode_vector(std::string_view bytes, std::uint32_t dimension,
                                 std::vector<float>& out);

}  // namespace lectern::storage
