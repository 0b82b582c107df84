#include "engine/collection/metadata_patch.hpp"

#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "corpus/values.hpp"
#include "lectern/patch.hpp"

namespace lectern {
namespace {

namespace json = boost::json;

// As deep as JSON is read.
// NOLINTNEXTLINE(misc-no-recursion)
void merge(json::object& into, const json::object& patch) {
    for (const auto& [key, value] : patch) {
        if (value.is_null()) {
            into.erase(key);
            continue;
        }
        const json::object* inner = value.if_object();
        if (inner == nullptr) {
            into[key] = value;
            continue;
        }
        json::value& old = into[key];
        if (!old.is_object()) old.emplace_object();
        merge(old.get_object(), *inner);
    }
}

Result<json::object> object_of(std::string_view text, const char* what) {
    if (text.empty()) return json::object();
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object())
        return Status{Code::invalid_argument, std::string(what) + " is not a JSON object"};
    return std::move(value.get_object());
}

}  // namespace

Result<std::string> merge_metadata(std::string_view metadata, std::string_view merge_patch) {
    if (merge_patch.empty())
        return Status{Code::invalid_argument, "the patch of the metadata is not a JSON object"};
    LECTERN_ASSIGN(const json::object patch, object_of(merge_patch, "the patch of the metadata"));
    LECTERN_ASSIGN(json::object out, object_of(metadata, "the stored metadata"));
    const json::object before = out;
    merge(out, patch);
    // What changes nothing keeps its bytes.
    if (out == before) return std::string(metadata);
    return out.empty() ? std::string() : json::serialize(out);
}

Result<storage::PutDocument> with_metadata(const corpus::Reader& reader,
                                           corpus::StoredDocument stored, std::string metadata,
                                           storage::GenerationNumber generation) {
    storage::PutDocument out;
    out.id = std::move(stored.header.id);
    out.title = std::move(stored.header.title);
    out.metadata = std::move(metadata);
    out.source_bytes = stored.header.source_bytes;
    out.text = std::move(stored.text);
    // As an ingest makes it of a document without places (engine/ingest/stages.cpp): storing this
    // very document again changes nothing then.
    std::string hashed = out.title;
    hashed.append(1, '\0').append(out.metadata).append(1, '\0').append(out.text);
    out.content_hash = storage::content_hash(hashed);
    LECTERN_ASSIGN(out.origin, reader.origin(stored.header.ordinal));
    LECTERN_ASSIGN(auto original, reader.original(stored.header.ordinal));
    if (original) out.original = std::move(*original);
    std::vector<storage::ChunkId> ids;
    for (storage::Chunk& chunk : stored.chunks) {
        ids.push_back(chunk.id);
        out.chunks.push_back({chunk.begin, chunk.end, chunk.tokens, chunk.context_begin,
                              chunk.context_end, std::move(chunk.places)});
    }
    if (generation == 0 || ids.empty()) return out;
    LECTERN_ASSIGN(corpus::VectorRows rows, reader.vectors(generation, ids));
    if (rows.found != ids)
        return Status{Code::unavailable,
                      "the document '" + out.id +
                          "' has chunks without a vector since a repair; 'lectern reembed' makes "
                          "them, and then its metadata can be changed"};
    out.vectors.push_back({generation, std::move(rows.values)});
    return out;
}

}  // namespace lectern
