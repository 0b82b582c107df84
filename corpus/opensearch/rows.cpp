#include "corpus/opensearch/rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/metadata_fields.hpp"
#include "index/metadata/date.hpp"
#include "text/text.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::uint32_t layout = 1;

json::object keyword(bool values = true) {
    json::object out = object_of("type", "keyword");
    if (values) out["ignore_above"] = longest_value;
    return out;
}

json::value dynamic(std::string_view path, json::object mapping) {
    json::object rule = object_of("path_match", text_value(std::string(path) + ".*"),
                                  "match_mapping_type", "*", "mapping", std::move(mapping));
    return object_of("values_" + std::string(path), std::move(rule));
}

std::string hash_text(const storage::Hash128& hash) {
    return storage::to_hex(hash);
}

storage::Hash128 hash_of(std::string_view text) {
    storage::Hash128 out;
    for (std::size_t i = 0; i < out.bytes.size() && i * 2 + 2 <= text.size(); ++i)
        (void)std::from_chars(text.data() + i * 2, text.data() + i * 2 + 2, out.bytes[i], 16);
    return out;
}

// What a head and its chunks have alike: what filters and facets look at.
void add_common(const Version& version, json::object& row) {
    const storage::DocumentHeader& header = version.header;
    row["id"] = text_value(header.id);
    row["id_folded"] = text_value(text::fold(header.id));
    row["ordinal"] = header.ordinal;
    row["title"] = text_value(header.title);
    row["title_folded"] = text_value(text::fold(header.title));
    row["has_title"] = !header.title.empty();
    row["committed"] = header.committed_at;
    row["committed_day"] =
        text_value(std::string_view(filter::format_date(header.committed_at)).substr(0, 10));
    row["metadata"] = text_value(header.metadata);
    add_fields(header.metadata, row);
}

void append_float(std::string& out, float value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void repeat(std::string& out, const std::string& term, std::uint64_t times) {
    for (; times > 0; --times) out.append(" ").append(term);
}

}  // namespace

std::string head_id(std::string_view document) {
    return "d" + hash_text(storage::content_hash(document));
}

std::string text_id(storage::Ordinal ordinal) {
    return "t" + std::to_string(ordinal);
}

std::string chunk_id(storage::ChunkId chunk) {
    return "c" + std::to_string(chunk);
}

std::string source_id(std::string_view path) {
    return "s" + hash_text(storage::content_hash(path));
}

std::string synced_id(std::string_view path) {
    return "f" + hash_text(storage::content_hash(path));
}

storage::ChunkId chunk_of(std::string_view row) noexcept {
    storage::ChunkId out = 0;
    if (!row.starts_with('c')) return 0;
    const auto [end, error] = std::from_chars(row.data() + 1, row.data() + row.size(), out);
    return error == std::errc() && end == row.data() + row.size() ? out : 0;
}

std::string vector_field(storage::GenerationNumber generation) {
    return "vector_" + std::to_string(generation);
}

json::object vector_mapping(const storage::Generation& generation) {
    return object_of("type", "knn_vector", "dimension", generation.dimension, "method",
                     object_of("name", "hnsw", "engine", "lucene", "space_type", "cosinesimil"));
}

json::object index_body(std::uint32_t replicas, std::uint32_t shards, json::object meta,
                        const storage::Generation& generation) {
    json::object similarity =
        object_of("lectern", object_of("type", "BM25", "k1", index_k1, "b", index_b));
    json::object settings = object_of(
        "knn", true, "number_of_shards", shards, "number_of_replicas", replicas, "refresh_interval",
        "-1", "translog", object_of("durability", "request"), "mapping",
        object_of("total_fields", object_of("limit", 10'000)), "similarity", std::move(similarity));
    json::object properties;
    properties["kind"] = keyword();
    properties["id"] = keyword(false);
    properties["id_folded"] = keyword(false);
    properties["title"] = keyword();
    properties["title_folded"] = keyword();
    properties["has_title"] = object_of("type", "boolean");
    properties["has"] = keyword();
    for (const std::string_view name :
         {"ordinal", "committed", "first", "count", "tokens", "text_bytes"})
        properties[json::string_view(name.data(), name.size())] = object_of("type", "long");
    properties["committed_day"] = keyword();
    properties["row"] = keyword();
    properties["file"] = keyword(false);
    properties["generations"] = keyword();
    properties["words"] = object_of("type", "text", "analyzer", "whitespace", "similarity",
                                    "lectern", "index_options", "freqs");
    properties[vector_field(generation.number)] = vector_mapping(generation);
    json::array templates;
    for (const std::string_view kind : {"s", "d", "f", "v"}) {
        templates.push_back(dynamic(kind, keyword()));
        properties[json::string_view(kind.data(), kind.size())] =
            object_of("type", "object", "dynamic", true);
    }
    templates.push_back(dynamic("n", object_of("type", "double")));
    templates.push_back(dynamic("t", object_of("type", "long")));
    templates.push_back(dynamic("b", object_of("type", "boolean")));
    for (const std::string_view kind : {"n", "t", "b"})
        properties[json::string_view(kind.data(), kind.size())] =
            object_of("type", "object", "dynamic", true);
    json::object mappings = object_of(
        "dynamic", false, "date_detection", false, "dynamic_templates", std::move(templates),
        "_meta", object_of("lectern", std::move(meta)), "properties", std::move(properties));
    return object_of("settings", object_of("index", std::move(settings)), "mappings",
                     std::move(mappings));
}

json::object meta_json(const storage::CollectionMeta& meta) {
    json::array generations;
    for (const storage::Generation& one : meta.generations)
        generations.push_back(
            object_of("number", one.number, "fingerprint", text_value(one.fingerprint), "dimension",
                      one.dimension, "note", text_value(one.note), "created_at", one.created_at));
    return object_of("layout", layout, "id", text_value(hash_text(meta.id)), "created_at",
                     meta.created_at, "pipeline", text_value(meta.pipeline_name), "yaml",
                     text_value(meta.pipeline_yaml), "folder", text_value(meta.pipeline_folder),
                     "generations", std::move(generations), "serving", meta.serving);
}

storage::Hash128 id_of(const json::value& meta) {
    return hash_of(text_at(meta, "id"));
}

Result<storage::CollectionMeta> meta_of(const json::value& meta) {
    if (at_path(meta, std::string_view("layout")) == nullptr)
        return Status{Code::invalid_argument,
                      "the index is there, and it is not one of Lectern's; choose another name"};
    if (count_at(meta, "layout") != layout)
        return Status{Code::unsupported,
                      "the index was made by a newer version of Lectern (layout " +
                          std::to_string(count_at(meta, "layout")) + "); use that version"};
    storage::CollectionMeta out;
    out.format = layout;
    out.id = id_of(meta);
    out.created_at = static_cast<std::int64_t>(count_at(meta, "created_at"));
    out.pipeline_name = text_at(meta, "pipeline");
    out.pipeline_yaml = text_at(meta, "yaml");
    out.pipeline_folder = text_at(meta, "folder");
    for (const json::value& one : list_at(meta, "generations")) {
        storage::Generation generation;
        generation.number = static_cast<storage::GenerationNumber>(count_at(one, "number"));
        generation.fingerprint = text_at(one, "fingerprint");
        generation.dimension = static_cast<std::uint32_t>(count_at(one, "dimension"));
        generation.note = text_at(one, "note");
        generation.created_at = static_cast<std::int64_t>(count_at(one, "created_at"));
        out.generations.push_back(std::move(generation));
    }
    out.serving = static_cast<storage::GenerationNumber>(count_at(meta, "serving"));
    return out;
}

json::object head_row(const Version& version) {
    const storage::DocumentHeader& header = version.header;
    json::object row = object_of("kind", "document");
    add_common(version, row);
    row["hash"] = text_value(hash_text(header.content_hash));
    row["first"] = header.chunks.first;
    row["count"] = header.chunks.count;
    row["tokens"] = header.tokens;
    row["text_bytes"] = header.text_bytes;
    row["source_bytes"] = header.source_bytes;
    if (!version.put->origin.file.empty()) row["file"] = text_value(version.put->origin.file);
    row["synced"] = version.put->origin.synced;
    return row;
}

json::object text_row(const Version& version) {
    return object_of("kind", "text", "ordinal", version.header.ordinal, "text",
                     text_value(version.put->text));
}

std::string chunk_row(const Version& version, std::size_t i, std::string_view words) {
    const storage::PutDocument& put = *version.put;
    const storage::PutChunk& chunk = put.chunks[i];
    json::object row = object_of("kind", "chunk");
    add_common(version, row);
    row["row"] = text_value(head_id(put.id));
    row["begin"] = chunk.begin;
    row["end"] = chunk.end;
    row["tokens"] = chunk.tokens;
    const std::string_view text = put.text;
    row["text"] = text_value(text.substr(chunk.begin, chunk.end - chunk.begin));
    if (chunk.context_end > chunk.context_begin) {
        row["context_begin"] = chunk.context_begin;
        row["context_end"] = chunk.context_end;
        row["context"] =
            text_value(text.substr(chunk.context_begin, chunk.context_end - chunk.context_begin));
    }
    json::array places;
    for (const storage::Place& place : chunk.places)
        places.push_back(object_of("begin", place.begin, "kind", place.kind, "number", place.number,
                                   "first_column", place.first_column, "last_column",
                                   place.last_column, "name", text_value(place.name)));
    if (!places.empty()) row["places"] = std::move(places);
    row["words"] = text_value(words);
    json::array generations;
    for (const storage::PutVectors& vectors : put.vectors)
        generations.push_back(text_value(std::to_string(vectors.generation)));
    row["generations"] = std::move(generations);
    std::string out = json::serialize(row);
    out.pop_back();  // the brace
    for (const storage::PutVectors& vectors : put.vectors) {
        const std::size_t dimension = vectors.values.size() / put.chunks.size();
        out += ",\"" + vector_field(vectors.generation) +
               "\":" + vector_text(std::span(vectors.values).subspan(i * dimension, dimension));
    }
    out.push_back('}');
    return out;
}

std::string vector_text(std::span<const float> vector) {
    std::string out = "[";
    for (std::size_t at = 0; at < vector.size(); ++at) {
        if (at > 0) out.push_back(',');
        append_float(out, vector[at]);
    }
    out.push_back(']');
    return out;
}

std::string words_text(const index::lexical::Field& title, const index::lexical::Field& text) {
    std::string out;
    for (const auto& [term, count] : text.counts) repeat(out, term, count);
    for (const auto& [term, count] : title.counts)
        repeat(out, term, std::uint64_t{count} * index_title_boost);
    return out;
}

json::object source_row(const storage::SourceFolder& folder) {
    json::array include;
    for (const std::string& one : folder.include) include.push_back(text_value(one));
    json::array exclude;
    for (const std::string& one : folder.exclude) exclude.push_back(text_value(one));
    return object_of("kind", "source", "id", text_value(folder.path), "name",
                     text_value(folder.name), "include", std::move(include), "exclude",
                     std::move(exclude), "added_at", folder.added_at);
}

json::object synced_row(const storage::SyncedFile& file) {
    return object_of("kind", "synced", "id", text_value(file.path), "hash",
                     text_value(hash_text(file.hash)), "documents", file.documents);
}

storage::SourceFolder source_folder_of(const json::value& source) {
    storage::SourceFolder out;
    out.path = text_at(source, "id");
    out.name = text_at(source, "name");
    for (const json::value& one : list_at(source, "include"))
        if (one.is_string()) out.include.emplace_back(one.as_string());
    for (const json::value& one : list_at(source, "exclude"))
        if (one.is_string()) out.exclude.emplace_back(one.as_string());
    out.added_at = static_cast<std::int64_t>(count_at(source, "added_at"));
    return out;
}

storage::SyncedFile synced_file_of(const json::value& source) {
    return {text_at(source, "id"), hash_of(text_at(source, "hash")), count_at(source, "documents")};
}

Head head_of(const json::value& source) {
    Head out;
    storage::DocumentHeader& header = out.header;
    header.id = text_at(source, "id");
    header.ordinal = count_at(source, "ordinal");
    header.title = text_at(source, "title");
    header.metadata = text_at(source, "metadata");
    header.content_hash = hash_of(text_at(source, "hash"));
    header.chunks = {count_at(source, "first"), count_at(source, "count")};
    header.tokens = count_at(source, "tokens");
    header.text_bytes = count_at(source, "text_bytes");
    header.source_bytes = count_at(source, "source_bytes");
    header.committed_at = static_cast<std::int64_t>(count_at(source, "committed"));
    out.origin.file = text_at(source, "file");
    const auto* synced = at_path(source, std::string_view("synced"));
    out.origin.synced = synced != nullptr && synced->is_bool() && synced->as_bool();
    return out;
}

storage::ChunkView view_of(const json::value& source, storage::ChunkId chunk) {
    storage::ChunkView out;
    out.chunk.id = chunk;
    out.chunk.document = count_at(source, "ordinal");
    out.chunk.begin = count_at(source, "begin");
    out.chunk.end = count_at(source, "end");
    out.chunk.tokens = static_cast<std::uint32_t>(count_at(source, "tokens"));
    out.chunk.context_begin = count_at(source, "context_begin");
    out.chunk.context_end = count_at(source, "context_end");
    for (const json::value& one : list_at(source, "places")) {
        storage::Place place;
        place.begin = count_at(one, "begin");
        place.kind = static_cast<std::uint32_t>(count_at(one, "kind"));
        place.number = count_at(one, "number");
        place.first_column = static_cast<std::uint32_t>(count_at(one, "first_column"));
        place.last_column = static_cast<std::uint32_t>(count_at(one, "last_column"));
        place.name = text_at(one, "name");
        out.chunk.places.push_back(std::move(place));
    }
    out.document = text_at(source, "id");
    out.title = text_at(source, "title");
    out.metadata = text_at(source, "metadata");
    out.text = text_at(source, "text");
    out.context = text_at(source, "context");
    return out;
}

std::vector<float> vector_of(const json::value& source, storage::GenerationNumber generation) {
    const json::array& values = list_at(source, vector_field(generation));
    std::vector<float> out;
    out.reserve(values.size());
    for (const json::value& value : values)
        out.push_back(value.is_number() ? static_cast<float>(value.to_number<double>()) : 0.0F);
    return out;
}

}  // namespace lectern::corpus::opensearch
