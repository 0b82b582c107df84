// What the collection is: its index, its pipeline, its generations.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/generations.hpp"
#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::uint32_t most_replicas = 100;
constexpr std::uint32_t most_shards = 1024;  // the engine's limit
constexpr int most_waits = 300;
constexpr auto between_waits = std::chrono::milliseconds(200);

Result<std::uint32_t> number_from_environment(const char* name, std::uint32_t otherwise,
                                              std::uint32_t least, std::uint32_t most) {
    const char* const text = std::getenv(name);
    if (text == nullptr || *text == '\0') return otherwise;
    const std::string_view view(text);
    const char* const end = view.data() + view.size();
    std::uint32_t out = 0;
    const auto [at, error] = std::from_chars(view.data(), end, out);
    if (error != std::errc() || at != end || out < least || out > most)
        return Status{Code::invalid_argument, std::string(name) + " is '" + text +
                                                  "'; it is a number of " + std::to_string(least) +
                                                  " to " + std::to_string(most)};
    return out;
}

Status no_longer_there(storage::GenerationNumber generation) {
    return {Code::unavailable,
            "another program has changed the model meanwhile: the vectors of "
            "generation " +
                std::to_string(generation) + " are no longer wanted"};
}

}  // namespace

// Names that no other process makes: 62 bits of chance.
std::uint64_t fresh_number() {
    thread_local std::random_device device;
    const std::uint64_t high = device();
    return ((high << 32U | device()) >> 2U) + 1;
}

ClusterCorpus::ClusterCorpus(std::unique_ptr<Transport> transport, std::string where)
    : where_(std::move(where)), cluster_(std::move(transport), 0) {
    pending_.created_at = storage::now_milliseconds();
    for (auto& byte : pending_.id.bytes) byte = static_cast<std::uint8_t>(fresh_number());
}

Status ClusterCorpus::look() {
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_settings"));
    if (reply.status == 404) return {};
    if (reply.status != 200) return failure_of(reply);
    const json::value* index = index_in(reply.body);
    if (index == nullptr) return {};
    const std::string replicas = text_at(*index, "settings", "index", "number_of_replicas");
    std::uint32_t count = 0;
    (void)std::from_chars(replicas.data(), replicas.data() + replicas.size(), count);
    cluster_.set_replicas(count);
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    cluster_.set_collection(now.id);
    return cluster_.refresh();  // what a program wrote that died before it had done so
}

Result<storage::CollectionMeta> ClusterCorpus::meta() const {
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_mapping"));
    if (reply.status == 404) return pending_;
    if (reply.status != 200) return failure_of(reply);
    const json::value* index = index_in(reply.body);
    if (index == nullptr) return pending_;
    const auto* meta = at_path(*index, std::string_view("mappings"), std::string_view("_meta"),
                               std::string_view("lectern"));
    LECTERN_ASSIGN(auto out, meta_of(meta == nullptr ? json::value() : *meta));
    cluster_.note_serving(out.serving);
    return out;
}

Status ClusterCorpus::write_meta(const storage::CollectionMeta& meta,
                                 const storage::Generation* added) const {
    json::object body = object_of("_meta", object_of("lectern", meta_json(meta)));
    if (added != nullptr)
        body["properties"] = object_of(vector_field(added->number), vector_mapping(*added));
    return cluster_.transport()
        .ask("PUT", "/" + cluster_.name() + "/_mapping", json::serialize(body))
        .status();
}

Status ClusterCorpus::set_pipeline(std::string_view name, std::string_view yaml,
                                   std::string_view folder) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    now.pipeline_name = name;
    now.pipeline_yaml = yaml;
    now.pipeline_folder = folder;
    if (now.serving == 0) {
        pending_ = std::move(now);
        return {};
    }
    return write_meta(now);
}

Result<storage::Generation> ClusterCorpus::add_generation(storage::Generation generation) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.serving == 0) return make_index(std::move(generation));
    LECTERN_ASSIGN(generation.number, next_generation(cluster_));
    generation.created_at = storage::now_milliseconds();
    now.generations.push_back(generation);
    LECTERN_TRY(write_meta(now, &generation));
    LECTERN_ASSIGN(now, meta());
    const storage::Generation* made = now.generation(generation.number);
    if (made == nullptr || made->fingerprint != generation.fingerprint)
        return no_longer_there(generation.number);
    return generation;
}

Status ClusterCorpus::cut_over(storage::GenerationNumber number, std::string_view name,
                               std::string_view yaml, std::string_view folder) {
    LECTERN_TRY(cluster_.refresh());  // its vectors are found
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.generation(number) == nullptr) return no_longer_there(number);
    now.serving = number;
    now.pipeline_name = name;
    now.pipeline_yaml = yaml;
    now.pipeline_folder = folder;
    LECTERN_TRY(write_meta(now));
    LECTERN_ASSIGN(now, meta());
    return now.serving == number ? Status() : no_longer_there(number);
}

Status ClusterCorpus::drop_generation(storage::GenerationNumber number) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.serving == number)
        return {Code::invalid_argument, "the vectors that serve cannot be dropped"};
    if (std::erase_if(now.generations, [number](const auto& one) { return one.number == number; }) >
        0)
        LECTERN_TRY(write_meta(now));
    return remove_vectors(cluster_, number);
}

Status ClusterCorpus::drop_older_generations() {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    if (now.serving == 0) return {};
    // They stand in the order in which they were made.
    for (const storage::Generation& one : now.generations) {
        if (one.number == now.serving) break;
        LECTERN_TRY(drop_generation(one.number));
    }
    LECTERN_ASSIGN(const auto of_rows, generations_of_rows(cluster_));
    LECTERN_ASSIGN(const storage::CollectionMeta after, meta());
    for (const storage::GenerationNumber number : of_rows)
        if (after.generation(number) == nullptr) LECTERN_TRY(remove_vectors(cluster_, number));
    return {};
}

Result<std::uint64_t> ClusterCorpus::add_vectors(storage::GenerationNumber generation,
                                                 std::span<const storage::ChunkId> chunks,
                                                 std::span<const float> rows) {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    const storage::Generation* to = now.generation(generation);
    if (to == nullptr) return no_longer_there(generation);
    return opensearch::add_vectors(cluster_, *to, chunks, rows);
}

Result<std::uint64_t> ClusterCorpus::each_without_vector(
    storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
    const std::function<Status(std::span<const storage::ChunkId>)>& visit) const {
    std::uint64_t present = 0;
    if (!seen) {
        LECTERN_TRY(cluster_.refresh());
        LECTERN_ASSIGN(present, vector_count(generation));
    }
    seen = 0;  // the cluster knows which have none; nothing is looked at twice
    LECTERN_TRY(each_chunk_without(cluster_, generation, visit));
    return present;
}

Result<storage::Generation> ClusterCorpus::make_index(storage::Generation generation) {
    storage::CollectionMeta now;
    LECTERN_ASSIGN(const json::value health, cluster_.transport().ask("GET", "/_cluster/health"));
    const auto nodes = static_cast<std::uint32_t>(count_at(health, "number_of_data_nodes"));
    LECTERN_ASSIGN(const std::uint32_t replicas,
                   number_from_environment("LECTERN_OPENSEARCH_REPLICAS",
                                           std::min(nodes, 3U) - (nodes > 0), 0, most_replicas));
    LECTERN_ASSIGN(const std::uint32_t shards,
                   number_from_environment("LECTERN_OPENSEARCH_SHARDS", std::clamp(nodes, 1U, 8U),
                                           1, most_shards));
    generation.number = 1;
    generation.created_at = storage::now_milliseconds();
    pending_.format = 1;
    pending_.generations = {generation};
    pending_.serving = generation.number;
    const json::object body = index_body(replicas, shards, meta_json(pending_), generation);
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send(
                       "PUT", "/" + cluster_.name() + "?wait_for_active_shards=all&timeout=20s",
                       json::serialize(body)));
    pending_.generations.clear();
    pending_.serving = 0;
    // Another process was first, or an answer was lost.
    const bool there = reply.status == 400 &&
                       text_at(reply.body, "error", "type") == "resource_already_exists_exception";
    if (reply.status != 200 && !there) return failure_of(reply);
    // A cluster that is busy says that it will make the index, and may not have it yet.
    for (int wait = 0; wait < most_waits; ++wait) {
        LECTERN_ASSIGN(now, meta());
        if (now.serving != 0) break;
        std::this_thread::sleep_for(between_waits);
    }
    const storage::Generation* made = now.generation(now.serving);
    if (made == nullptr)
        return Status{Code::unavailable, "the cluster has not made the index '" + cluster_.name() +
                                             "' in time; do it again when it is less busy"};
    if (made->fingerprint != generation.fingerprint || made->dimension != generation.dimension)
        return Status{Code::invalid_argument,
                      "another process has made the index '" + cluster_.name() +
                          "' meanwhile, with another model; choose another name"};
    LECTERN_TRY(look());  // the copies it was made with
    return *made;
}

}  // namespace lectern::corpus::opensearch
