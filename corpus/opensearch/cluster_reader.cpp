#include "corpus/opensearch/cluster_reader.hpp"

#include <algorithm>
#include <utility>

#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t headers_of_a_page = 500;
constexpr std::size_t documents_of_a_page = 64;
constexpr std::uint64_t bytes_at_once = 8U << 20U;  // of text, in one answer
constexpr int most_repeats = 5;

constexpr std::string_view chunk_fields[] = {"begin",         "end",         "tokens", "ordinal",
                                             "context_begin", "context_end", "places"};
constexpr std::string_view view_fields[] = {"begin",         "end",         "tokens", "ordinal",
                                            "context_begin", "context_end", "places", "id",
                                            "title",         "metadata",    "text",   "context"};

json::value documents() {
    return kind_is("document");
}

std::vector<std::string> names_of(std::span<const storage::ChunkId> chunks) {
    std::vector<std::string> out;
    for (const storage::ChunkId chunk : chunks) out.push_back(chunk_id(chunk));
    return out;
}

Status no_document(const Cluster& cluster, std::string_view id) {
    return {Code::not_found,
            "collection \"" + cluster.name() + "\" has no document \"" + std::string(id) + "\""};
}

json::value after_text(std::string_view after) {
    return after.empty() ? json::value() : text_value(after);
}

}  // namespace

Result<std::vector<std::optional<Head>>> heads_of(const Cluster& cluster,
                                                  std::span<const std::string> documents) {
    std::vector<std::string> names;
    for (const std::string& id : documents) names.push_back(head_id(id));
    LECTERN_ASSIGN(const std::vector<Row> rows, cluster.rows(names, {}));
    std::vector<std::optional<Head>> out(documents.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].found) continue;
        Head head = head_of(rows[i].source);
        head.sequence = rows[i].sequence;
        head.term = rows[i].term;
        out[i] = std::move(head);
    }
    return out;
}

Result<storage::DocumentHeader> ClusterReader::header(std::string_view id) const {
    const std::string name(id);
    LECTERN_ASSIGN(auto heads, heads_of(cluster_, {&name, 1}));
    if (!heads.front()) return no_document(cluster_, id);
    return std::move(heads.front()->header);
}

Result<Head> ClusterReader::head_of_ordinal(storage::Ordinal document) const {
    json::array both{documents(), object_of("term", object_of("ordinal", document))};
    LECTERN_ASSIGN(
        const json::value answer,
        cluster_.search(object_of("size", 1, "query",
                                  object_of("bool", object_of("filter", std::move(both))))));
    const json::array& hits = list_at(answer, "hits", "hits");
    const auto* source =
        hits.empty() ? nullptr : at_path(hits.front(), std::string_view("_source"));
    if (source == nullptr) return Status{Code::not_found, "there is no such version of a document"};
    return head_of(*source);
}

Result<storage::DocumentHeader> ClusterReader::header(storage::Ordinal document) const {
    LECTERN_ASSIGN(Head head, head_of_ordinal(document));
    return std::move(head.header);
}

Result<storage::Origin> ClusterReader::origin(storage::Ordinal document) const {
    LECTERN_ASSIGN(Head head, head_of_ordinal(document));
    return std::move(head.origin);
}

Result<std::vector<std::optional<StoredDocument>>> ClusterReader::load(
    std::vector<Head> heads) const {
    constexpr std::string_view text_fields[] = {"text"};
    std::vector<std::optional<StoredDocument>> out(heads.size());
    for (std::size_t begin = 0; begin < heads.size();) {
        // So many at once as are some megabytes together.
        std::vector<std::string> texts;
        std::vector<std::string> chunks;
        std::uint64_t bytes = 0;
        std::size_t end = begin;
        for (; end < heads.size(); ++end) {
            const storage::DocumentHeader& header = heads[end].header;
            if (end > begin && bytes + header.text_bytes > bytes_at_once) break;
            bytes += header.text_bytes;
            texts.push_back(text_id(header.ordinal));
            for (storage::ChunkId chunk = header.chunks.first; chunk < header.chunks.end(); ++chunk)
                chunks.push_back(chunk_id(chunk));
        }
        LECTERN_ASSIGN(const std::vector<Row> text_rows, cluster_.rows(texts, text_fields));
        LECTERN_ASSIGN(const std::vector<Row> chunk_rows, cluster_.rows(chunks, chunk_fields));
        auto next = chunk_rows.begin();
        for (std::size_t i = begin; i < end; ++i) {
            const Row& text = text_rows[i - begin];
            const storage::ChunkRange range = heads[i].header.chunks;
            StoredDocument document;
            bool whole = text.found;
            for (storage::ChunkId chunk = range.first; chunk < range.end(); ++chunk, ++next) {
                whole = whole && next->found;
                if (whole) document.chunks.push_back(view_of(next->source, chunk).chunk);
            }
            if (!whole) continue;
            document.text = text_at(text.source, "text");
            document.header = std::move(heads[i].header);
            out[i] = std::move(document);
        }
        begin = end;
    }
    return out;
}

Result<StoredDocument> ClusterReader::document(std::string_view id) const {
    const std::string name(id);
    for (int repeat = 0; repeat < most_repeats; ++repeat) {
        LECTERN_ASSIGN(auto heads, heads_of(cluster_, {&name, 1}));
        if (!heads.front()) return no_document(cluster_, id);
        std::vector<Head> one;
        one.push_back(std::move(*heads.front()));
        LECTERN_ASSIGN(auto found, load(std::move(one)));
        if (found.front()) return std::move(*found.front());
    }
    return Status{Code::unavailable,
                  "the document '" + name + "' is written again and again, or rows of it are lost"};
}

Status ClusterReader::each_header(const std::function<bool(const storage::DocumentHeader&)>& visit,
                                  std::string_view after) const {
    return cluster_.each(documents(), "id", after_text(after), headers_of_a_page, {},
                         [&](const json::array& hits) -> Result<bool> {
                             for (const json::value& hit : hits)
                                 if (const auto* source = at_path(hit, std::string_view("_source")))
                                     if (!visit(head_of(*source).header)) return false;
                             return true;
                         });
}

Status ClusterReader::each_document(const std::function<bool(const StoredDocument&)>& visit,
                                    std::string_view after) const {
    return cluster_.each(documents(), "id", after_text(after), documents_of_a_page, {},
                         [&](const json::array& hits) -> Result<bool> {
                             std::vector<Head> heads;
                             for (const json::value& hit : hits)
                                 if (const auto* source = at_path(hit, std::string_view("_source")))
                                     heads.push_back(head_of(*source));
                             std::vector<std::string> ids;
                             for (const Head& head : heads) ids.push_back(head.header.id);
                             LECTERN_ASSIGN(auto loaded, load(std::move(heads)));
                             for (std::size_t i = 0; i < loaded.size(); ++i) {
                                 if (loaded[i]) {
                                     if (!visit(*loaded[i])) return false;
                                     continue;
                                 }
                                 // Another version has taken its place meanwhile.
                                 const auto found = document(ids[i]);
                                 if (found.status().code() == Code::not_found) continue;
                                 if (!found) return found.status();
                                 if (!visit(*found)) return false;
                             }
                             return true;
                         });
}

Result<std::vector<std::optional<storage::ChunkView>>> ClusterReader::chunk_views(
    std::span<const storage::ChunkId> ids, bool with_text) const {
    const auto fields = std::span(view_fields).first(std::size(view_fields) - (with_text ? 0 : 2));
    LECTERN_ASSIGN(const std::vector<Row> rows, cluster_.rows(names_of(ids), fields));
    std::vector<std::optional<storage::ChunkView>> out(ids.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].found) out[i] = view_of(rows[i].source, ids[i]);
    return out;
}

Result<VectorRows> ClusterReader::vectors(storage::GenerationNumber generation,
                                          std::span<const storage::ChunkId> chunks) const {
    const std::string field = vector_field(generation);
    const std::string_view fields[] = {field};
    LECTERN_ASSIGN(const std::vector<Row> rows, cluster_.rows(names_of(chunks), fields));
    VectorRows out;
    bool lacking = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].found) continue;
        const std::vector<float> values = vector_of(rows[i].source, generation);
        lacking = lacking || values.empty();
        if (values.empty()) continue;
        out.found.push_back(chunks[i]);
        out.values.insert(out.values.end(), values.begin(), values.end());
    }
    // Chunks may be without; what goes from all of them at this moment is another thing.
    if (lacking) LECTERN_TRY(cluster_.must_have(generation));
    return out;
}

Result<std::vector<storage::ChunkId>> ClusterReader::sample(std::size_t most) const {
    json::object random =
        object_of("query", kind_is("chunk"), "random_score",
                  object_of("seed", 1, "field", "_seq_no"), "boost_mode", "replace");
    json::object body = object_of("size", std::min<std::size_t>(most, 10'000), "query",
                                  object_of("function_score", std::move(random)));
    want_chunks(body);
    LECTERN_ASSIGN(const json::value answer, cluster_.search(body));
    std::vector<storage::ChunkId> out;
    for (const index::Scored& one : cluster_.scored(answer, [](double score) { return score; }))
        out.push_back(one.chunk);
    std::sort(out.begin(), out.end());
    return out;
}

Status ClusterReader::each_origin(
    const std::function<void(storage::Ordinal document, const storage::Origin& origin)>& visit)
    const {
    constexpr std::string_view fields[] = {"ordinal", "file", "synced"};
    json::array both{documents(), object_of("exists", object_of("field", "file"))};
    return cluster_.each(
        object_of("bool", object_of("filter", std::move(both))), "id", {}, headers_of_a_page,
        fields, [&](const json::array& hits) -> Result<bool> {
            for (const json::value& hit : hits)
                if (const auto* source = at_path(hit, std::string_view("_source"))) {
                    const Head head = head_of(*source);
                    visit(head.header.ordinal, head.origin);
                }
            return true;
        });
}

Status ClusterReader::each_synced_file(
    const std::function<void(const storage::SyncedFile& file)>& visit) const {
    return cluster_.each(kind_is("synced"), "id", {}, headers_of_a_page, {},
                         [&](const json::array& hits) -> Result<bool> {
                             for (const json::value& hit : hits)
                                 if (const auto* source = at_path(hit, std::string_view("_source")))
                                     visit(synced_file_of(*source));
                             return true;
                         });
}

Result<std::vector<storage::SourceFolder>> ClusterReader::sources() const {
    std::vector<storage::SourceFolder> out;
    LECTERN_TRY(cluster_.each(kind_is("source"), "id", {}, headers_of_a_page, {},
                              [&](const json::array& hits) -> Result<bool> {
                                  for (const json::value& hit : hits)
                                      if (const auto* source =
                                              at_path(hit, std::string_view("_source")))
                                          out.push_back(source_folder_of(*source));
                                  return true;
                              }));
    return out;
}

}  // namespace lectern::corpus::opensearch
