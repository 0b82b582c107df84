// corpus/opensearch/rows.hpp: documents as rows of the index. docs/cluster.md has the layout.
//
//     d<hash of the id>   the head: what a document is, and which version of it counts
//     t<ordinal>          the text of that version
//     c<chunk>            a chunk of that version: its place, bytes, words, vectors
//     s<hash of the path> a folder that the collection is kept in step with
//     f<hash of the path> a file of such a folder, when all of it is stored
//
// Texts and chunks are written before the head that names them and never changed; a version counts
// when its head is written, which is one write. What no head names is found by nobody.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/values.hpp"
#include "index/lexical/analysis.hpp"
#include "lectern/status.hpp"

namespace lectern::corpus::opensearch {

// The ranking by words that the index is made with; other settings are refused.
inline constexpr double index_k1 = 1.5;
inline constexpr double index_b = 0.75;
inline constexpr std::uint32_t index_title_boost = 2;

// Larger texts do not fit into one request.
inline constexpr std::uint64_t longest_text = 48U << 20U;

[[nodiscard]] std::string head_id(std::string_view document);
[[nodiscard]] std::string text_id(storage::Ordinal ordinal);
[[nodiscard]] std::string chunk_id(storage::ChunkId chunk);
[[nodiscard]] std::string source_id(std::string_view path);
[[nodiscard]] std::string synced_id(std::string_view path);
// Of a row's name; 0: it is no chunk's.
[[nodiscard]] storage::ChunkId chunk_of(std::string_view row) noexcept;

[[nodiscard]] std::string vector_field(storage::GenerationNumber generation);

// Settings and mapping of a new index. `meta` is kept beside the mapping.
[[nodiscard]] boost::json::object index_body(std::uint32_t replicas, std::uint32_t shards,
                                             boost::json::object meta,
                                             const storage::Generation& generation);
// The properties of a new vector field.
[[nodiscard]] boost::json::object vector_mapping(const storage::Generation& generation);
[[nodiscard]] boost::json::object meta_json(const storage::CollectionMeta& meta);
[[nodiscard]] Result<storage::CollectionMeta> meta_of(const boost::json::value& meta);
// Of the collection that this meta describes.
[[nodiscard]] storage::Hash128 id_of(const boost::json::value& meta);

// A version of a document on its way into the index.
struct Version {
    storage::DocumentHeader header;
    const storage::PutDocument* put = nullptr;
};
[[nodiscard]] boost::json::object head_row(const Version& version);
[[nodiscard]] boost::json::object text_row(const Version& version);
// The row of chunk number `i`, as text: vectors are most of it. `words`: as words_text() has them.
[[nodiscard]] std::string chunk_row(const Version& version, std::size_t i, std::string_view words);
// As a JSON array, as short as it gives the same floats again.
[[nodiscard]] std::string vector_text(std::span<const float> vector);
// The chunk's terms as the index splits them: each as often as it counts.
[[nodiscard]] std::string words_text(const index::lexical::Field& title,
                                     const index::lexical::Field& text);

[[nodiscard]] boost::json::object source_row(const storage::SourceFolder& folder);
[[nodiscard]] boost::json::object synced_row(const storage::SyncedFile& file);
[[nodiscard]] storage::SourceFolder source_folder_of(const boost::json::value& source);
[[nodiscard]] storage::SyncedFile synced_file_of(const boost::json::value& source);

struct Head {
    storage::DocumentHeader header;
    storage::Origin origin;
    std::int64_t sequence = -1;  // of the row, for writes that must find it as it was
    std::int64_t term = 0;
};
[[nodiscard]] Head head_of(const boost::json::value& source);
[[nodiscard]] storage::ChunkView view_of(const boost::json::value& source, storage::ChunkId chunk);
[[nodiscard]] std::vector<float> vector_of(const boost::json::value& source,
                                           storage::GenerationNumber generation);

}  // namespace lectern::corpus::opensearch
