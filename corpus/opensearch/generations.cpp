#include "corpus/opensearch/generations.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "corpus/opensearch/cluster_reader.hpp"
#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t documents_of_a_group = 500;
constexpr std::size_t chunks_of_a_group = 1000;
constexpr std::size_t most_generations = 1000;
constexpr std::uint32_t apart = 1U << 20U;

// Constant, so that the cluster compiles them once.
constexpr std::string_view add_script =
    "ctx._source[params.field] = params.vector;"
    "if (!ctx._source.generations.contains(params.generation))"
    " ctx._source.generations.add(params.generation)";
constexpr std::string_view remove_script =
    "ctx._source.remove(params.field);"
    "ctx._source.generations.removeIf(one -> one.equals(params.generation))";

json::object update(std::string_view source, json::object parameters) {
    return object_of("script", object_of("lang", "painless", "source", text_value(source), "params",
                                         std::move(parameters)));
}

bool has(const json::value& row, const std::string& generation) {
    const json::array& all = list_at(row, "generations");
    return std::any_of(all.begin(), all.end(), [&](const json::value& one) {
        return one.is_string() && std::string_view(one.as_string()) == generation;
    });
}

// Of the versions that these heads name now.
Result<std::vector<storage::ChunkId>> chunks_without(const Cluster& cluster,
                                                     storage::GenerationNumber generation,
                                                     const std::vector<std::string>& heads) {
    constexpr std::string_view head_fields[] = {"first", "count"};
    constexpr std::string_view chunk_fields[] = {"generations"};
    LECTERN_ASSIGN(const std::vector<Row> documents, cluster.rows(heads, head_fields));
    std::vector<storage::ChunkId> all;
    std::vector<std::string> names;
    for (const Row& document : documents) {
        if (!document.found) continue;
        const storage::ChunkRange range{count_at(document.source, "first"),
                                        count_at(document.source, "count")};
        for (storage::ChunkId chunk = range.first; chunk < range.end(); ++chunk) {
            all.push_back(chunk);
            names.push_back(chunk_id(chunk));
        }
    }
    LECTERN_ASSIGN(const std::vector<Row> rows, cluster.rows(names, chunk_fields));
    const std::string wanted = std::to_string(generation);
    std::vector<storage::ChunkId> out;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].found && !has(rows[i].source, wanted)) out.push_back(all[i]);
    return out;
}

}  // namespace

Status each_chunk_without(const Cluster& cluster, storage::GenerationNumber generation,
                          const std::function<Status(std::span<const storage::ChunkId>)>& visit) {
    LECTERN_TRY(cluster.refresh());
    json::value after;
    while (true) {
        json::object source =
            object_of("row", object_of("terms", object_of("field", text_value("row"))));
        json::object composite =
            object_of("size", documents_of_a_group, "sources", json::array{std::move(source)});
        if (!after.is_null()) composite["after"] = after;
        json::object lacking = object_of("filter", json::array{kind_is("chunk")}, "must_not",
                                         json::array{having(generation)});
        json::object groups = object_of("documents", object_of("composite", std::move(composite)));
        LECTERN_ASSIGN(const json::value answer,
                       cluster.search(object_of("size", 0, "track_total_hits", false, "query",
                                                object_of("bool", std::move(lacking)), "aggs",
                                                std::move(groups))));
        const json::array& buckets = list_at(answer, "aggregations", "documents", "buckets");
        if (buckets.empty()) return {};
        std::vector<std::string> heads;
        for (const json::value& bucket : buckets) heads.push_back(text_at(bucket, "key", "row"));
        LECTERN_ASSIGN(const auto missing, chunks_without(cluster, generation, heads));
        for (std::size_t at = 0; at < missing.size(); at += chunks_of_a_group)
            LECTERN_TRY(visit(
                std::span(missing).subspan(at, std::min(chunks_of_a_group, missing.size() - at))));
        const auto* key = at_path(buckets.back(), std::string_view("key"));
        if (key == nullptr) return {Code::unavailable, "the cluster gave groups without a key"};
        after = *key;
    }
}

Result<std::uint64_t> add_vectors(const Cluster& cluster, const storage::Generation& generation,
                                  std::span<const storage::ChunkId> chunks,
                                  std::span<const float> rows) {
    if (chunks.empty()) return std::uint64_t{0};
    const std::size_t dimension = generation.dimension;
    if (rows.size() != chunks.size() * dimension)
        return Status{Code::invalid_argument, "there are other vectors than chunks"};
    const std::string field = vector_field(generation.number);
    Bulk bulk(cluster);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto row = rows.subspan(i * dimension, dimension);
        LECTERN_TRY(check_length(row));
        // As text, in which the vector is as short as can be.
        std::string parameters =
            json::serialize(object_of("field", text_value(field), "generation",
                                      text_value(std::to_string(generation.number))));
        parameters.back() = ',';
        parameters += "\"vector\":" + vector_text(row) + "}";
        bulk.update(chunk_id(chunks[i]), R"({"script":{"lang":"painless","source":)" +
                                             json::serialize(text_value(add_script)) +
                                             ",\"params\":" + parameters + "}}");
    }
    LECTERN_TRY(bulk.send().status());
    return chunks.size() - bulk.gone();
}

Result<std::vector<storage::GenerationNumber>> generations_of_rows(const Cluster& cluster) {
    LECTERN_TRY(cluster.refresh());
    json::object terms =
        object_of("terms", object_of("field", "generations", "size", most_generations));
    LECTERN_ASSIGN(
        const json::value answer,
        cluster.search(object_of("size", 0, "track_total_hits", false, "query", kind_is("chunk"),
                                 "aggs", object_of("all", std::move(terms)))));
    std::vector<storage::GenerationNumber> out;
    for (const json::value& bucket : list_at(answer, "aggregations", "all", "buckets")) {
        const std::string key = text_at(bucket, "key");
        storage::GenerationNumber number = 0;
        if (std::from_chars(key.data(), key.data() + key.size(), number).ec == std::errc())
            out.push_back(number);
    }
    return out;
}

Status remove_vectors(const Cluster& cluster, storage::GenerationNumber generation) {
    const std::string script = json::serialize(
        update(remove_script, object_of("field", text_value(vector_field(generation)), "generation",
                                        text_value(std::to_string(generation)))));
    json::array both{kind_is("chunk"), having(generation)};
    const json::object body =
        object_of("size", chunks_of_a_group, "_source", false, "track_total_hits", false, "query",
                  object_of("bool", object_of("filter", std::move(both))));
    for (bool first = true;; first = false) {
        LECTERN_TRY(cluster.refresh());
        LECTERN_ASSIGN(const json::value answer, cluster.search(body));
        const json::array& hits = list_at(answer, "hits", "hits");
        if (hits.empty()) return {};
        // Searches rely on a name that they have seen a moment ago.
        if (first) std::this_thread::sleep_for(vectors_stay_for);
        Bulk bulk(cluster);
        for (const json::value& hit : hits) bulk.update(text_at(hit, "_id"), script);
        LECTERN_TRY(bulk.send().status());
    }
}

Result<storage::GenerationNumber> next_generation(const Cluster& cluster) {
    LECTERN_ASSIGN(const json::value answer,
                   cluster.transport().ask("GET", "/" + cluster.name() + "/_mapping"));
    storage::GenerationNumber last = 0;
    constexpr std::string_view prefix = "vector_";
    const json::value* index = index_in(answer);
    const auto* properties = index == nullptr ? nullptr
                                              : at_path(*index, std::string_view("mappings"),
                                                        std::string_view("properties"));
    if (properties == nullptr || !properties->is_object())
        return Status{Code::unavailable, "the cluster gave no mapping of the index"};
    for (const auto& [key, property] : properties->get_object()) {
        const std::string_view name(key.data(), key.size());
        storage::GenerationNumber number = 0;
        if (name.starts_with(prefix) &&
            std::from_chars(name.data() + prefix.size(), name.data() + name.size(), number).ec ==
                std::errc())
            last = std::max(last, number);
    }
    std::random_device device;
    return last + 1 + device() % apart;
}

}  // namespace lectern::corpus::opensearch
